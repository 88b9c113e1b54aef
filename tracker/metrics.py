"""What is counted while the tracker serves, in Prometheus's words; read at ``/metrics``.

The numbers are those of this process since it started. Whoever does a thing counts it here; nothing is read back.
"""

from prometheus_client import Counter, Gauge, Histogram, Summary, disable_created_metrics

disable_created_metrics()

#: seconds; the answers of a data address take milliseconds, a first verdict seconds
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

requests = Counter("tracker_requests", "Requests answered", ["place", "status"])
seconds = Histogram("tracker_request_seconds", "Time until a request was answered whole", ["place"], buckets=BUCKETS)
exported_bytes = Counter("tracker_export_bytes", "Bytes of tables sent", ["table"])
sessions = Gauge("tracker_sessions", "Windows of the app that are open now")
limited = Counter("tracker_limited", "Requests refused because one address asked too often", ["kind"])
errors = Counter("tracker_errors", "Faults, each with a reference in the log", ["where"])
store_errors = Counter("tracker_store_errors", "Times that the database did not answer")
fits = Summary("tracker_fit_seconds", "Fits of the model, and the time they took")
revision = Gauge("tracker_revision", "Number of the newest revision")
drafts = Gauge("tracker_drafts_waiting", "What was submitted and waits for an editor")
