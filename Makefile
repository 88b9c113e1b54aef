# Two commands from a machine with Python 3.11 or newer: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
SHARED_OUT := $(BIN)/pytest -q -n auto --dist loadfile --no-loadscope-reorder

.PHONY: run test postgresql check sights catalogues bench contracts faults fuzz load clean
.DELETE_ON_ERROR:
# what one process has compiled the next need not: a third of the time of a short command
unexport PYTHONDONTWRITEBYTECODE

run: .venv/installed
	$(BIN)/tracker serve

# first on SQLite; then on PostgreSQL what makes a database of its own (what only reads the record reads the same on
# both, which is among the first, and modules that draw pages ask of a store what the others ask); then in the browser
test: .venv/installed check
	$(SHARED_OUT) -m "not browser"
	$(SHARED_OUT) --engine postgresql --own
	$(BIN)/pytest -q -n auto --maxprocesses 4 --dist worksteal -m "browser and not alone"
	$(BIN)/pytest -q -m alone

# everything that takes a database, on PostgreSQL
postgresql: .venv/installed
	$(SHARED_OUT) --engine postgresql $(ARGS)

check: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers auto
	$(BIN)/python .ci/audit

# every page in both languages, themes and widths at once, where the tests look at each of these, not at all together
sights: .venv/installed
	TRACKER_EVERY_SIGHT=yes $(BIN)/pytest -q tests/browser/test_every_page.py

# what is shown, by language: tracker/locale/*/LC_MESSAGES/tracker.po; prints what is not translated yet
catalogues: .venv/installed
	$(BIN)/python -m tracker.language

bench: .venv/installed-bench
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.nuts

# fifty writers killed at random moments, a disk that fills up, a writer that waits for another for ten seconds
faults: .venv/installed
	KILLS=50 HELD=10 $(BIN)/pytest -q -n auto -rA --show-capture=stdout tests/faults

# a hundred thousand inputs of every kind, shared out among all that reads any
fuzz: .venv/installed
	$(BIN)/python -W ignore -m tests.faults.fuzz

# how many readers at once, beside a bare page; then twenty minutes of half as many while somebody writes
load: .venv/installed
	$(BIN)/python -m benchmarks.load --soak 20

# whatever the OpenAPI document allows and what it does not, asked of a tracker that is being served: SITE, or the usual
# place; takes half an hour
SITE ?= http://127.0.0.1:8501
contracts: .venv/installed
	mkdir -p build
	SCHEMATHESIS_HOOKS=tests.contracts PYTHONPATH=. $(BIN)/schemathesis --no-color run $(SITE)/api/v1/openapi.json --continue-on-failure --request-timeout 120 \
	  --exclude-path /api/v1/datapackage.zip > build/contracts.txt; status=$$?; tail -40 build/contracts.txt; exit $$status

docs/trends.png: .venv/installed
	$(BIN)/pytest -q tests/browser/test_every_page.py -k en-trends
	cp build/screenshots/trends-1280-light-en.png $@

clean:
	rm -rf .venv build

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $@

.venv/installed-bench: .venv/installed
	$(BIN)/pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	touch $@
