"""A public-opinion poll tracker: polls, what is claimed about them, and what the polls say."""

import os

# The pooling model factors many small matrices: on two threads each waits for the other and takes five to thirty times
# as long. numpy reads this once, when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
