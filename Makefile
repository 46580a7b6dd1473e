# make run, make test: all that a fresh machine needs is make and Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := benchmarks/.venv
SINGER := benchmarks/.venv-singer

.PHONY: run demo test screenshots storm bench bench-keep check audit smoke format settings requirements release

run: $(VENV)/run.stamp
	@exec $(BIN)/python -m connector.stack run

# make demo, make demo DATA=products.csv, make demo SALES=directory
demo: $(VENV)/run.stamp
	@$(BIN)/python -m connector.demo $(if $(DATA),--data "$(DATA)") $(if $(SALES),--sales "$(SALES)")

# make test, make test ARGS="tests/edge -x"
test: $(VENV)/browser.stamp
	$(BIN)/python -m pytest $(ARGS)

# make screenshots: the pictures in docs/images, taken by the browser tests
screenshots: $(VENV)/browser.stamp
	SCREENSHOTS=docs/images $(BIN)/python -m pytest -n 0 tests/browser

# make storm, make storm ARGS="postgres-down --seed 7": long faults with real processes; python -m tests.storm --help
storm: $(VENV)/dev.stamp
	$(BIN)/python -m tests.storm $(ARGS)

# make bench, make bench ONLY=create,accept QUICK=1, make bench GROWTH=1: speed beside others' ways of doing the same
bench: export ONLY := $(ONLY)
bench: export QUICK := $(QUICK)
bench: export GROWTH := $(GROWTH)
bench: $(VENV)/run.stamp $(PEERS)/run.stamp $(SINGER)/run.stamp
	@exec $(BIN)/python -m benchmarks

# make bench-keep: the last whole run's table and plot, to where the documents show them; the result is committed
bench-keep: $(VENV)/run.stamp
	@$(BIN)/python -m benchmarks.keeping

# What is judged without a database, with the settings of a production; and what deploys it.
check: export DEBUG = false
check: export SECRET_KEY = for-the-checks-alone-4f2b8c1d9e7a60350123456789-zyxwvut
check: export FIELD_KEYS = Zm9yLXRoZS1jaGVja3MtYWxvbmUtNGYyYjhjMWQ5ZTc=
check: export ALLOWED_HOSTS = connector.example.com
check: export DATABASE_URL = django.db.backends.dummy://nowhere/nothing
check: export REDIS_URL = redis://127.0.0.1:1/0
check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(SOURCE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	DATABASE_URL=postgres://nobody@127.0.0.1:1/nothing DJANGO_SETTINGS_MODULE=connector.settings \
		$(BIN)/python -m tests.releases.lint
	$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py layout --check layout.lock.json
	$(BIN)/python deploy/check.py

# make release: keeps what the next release is tested against, in the commit that is released; the result is committed
release: $(VENV)/dev.stamp
	$(BIN)/python -m tests.releases

SOURCE = alerts connector console datasources deploy entities notifications partners reference sync manage.py

# make audit: known weaknesses of what the requirements pin, where the service that knows them answers
audit: $(VENV)/dev.stamp
	$(BIN)/python -m tests.trust.audit

# make smoke: a part of the tests on every other Python, Django and PostgreSQL that the machine has, and plans of many rows
smoke: $(VENV)/dev.stamp
	$(BIN)/python -m tests.smoke

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# make settings: deploy/env.example, from docs/settings.md
settings: $(VENV)/dev.stamp
	$(BIN)/python deploy/env_example.py

# make requirements, make requirements ARGS=--upgrade
requirements: $(VENV)/dev.stamp
	$(COMPILE) --output-file=requirements.txt requirements.in
	$(COMPILE) --output-file=requirements-dev.txt requirements-dev.in
	$(COMPILE) --output-file=benchmarks/requirements.txt benchmarks/requirements.in
	$(COMPILE) --output-file=benchmarks/requirements-singer.txt benchmarks/requirements-singer.in

COMPILE = $(BIN)/pip-compile --quiet --no-emit-index-url --no-emit-find-links --strip-extras $(ARGS)

$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	$(INSTALL)

$(VENV)/dev.stamp: requirements-dev.txt | $(BIN)/python
	$(INSTALL)

$(VENV)/browser.stamp: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.browser.finding
	@touch $@

# The peers of the benchmarks; the C parser is theirs where it is ours, and the benchmarks refuse to run otherwise.
$(PEERS)/run.stamp: benchmarks/requirements.txt | $(BIN)/python
	@echo "Installing $< into $(PEERS) ..."
	@$(BIN)/python -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --requirement $< >$(PEERS)/pip.log 2>&1 || { cat $(PEERS)/pip.log; exit 1; }
	@$(PEERS)/bin/python -m pip install --quiet --requirement deploy/requirements-parser.txt >>$(PEERS)/pip.log 2>&1 || :
	@touch $@

# A peer whose requirements contradict those of the others.
$(SINGER)/run.stamp: benchmarks/requirements-singer.txt | $(BIN)/python
	@echo "Installing $< into $(SINGER) ..."
	@$(BIN)/python -m venv $(SINGER)
	@$(SINGER)/bin/python -m pip install --quiet --requirement $< >$(SINGER)/pip.log 2>&1 || { cat $(SINGER)/pip.log; exit 1; }
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || \
		{ rm -rf $(VENV); echo "$(PYTHON) -m venv failed; Debian has it in the package python3-venv."; exit 1; }

define INSTALL
@echo "Installing $< into $(VENV) ..."
@$(BIN)/python -m pip install --quiet --requirement $< >$(VENV)/pip.log 2>&1 || \
	{ echo "$< could not be installed: $$(grep -m1 -i error $(VENV)/pip.log) (more in $(VENV)/pip.log; where a package" \
	"has no wheel for this machine, a C compiler is needed)"; exit 1; }
@$(BIN)/python -m pip install --quiet --requirement deploy/requirements-parser.txt >>$(VENV)/pip.log 2>&1 || \
	echo "There is no C compiler: the web server reads HTTP with its slower parser."
@touch $@
endef
