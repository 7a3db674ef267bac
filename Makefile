# Everything a newcomer types. Needs Python 3.11 to 3.14 with venv, and make; the rest is installed
# from the lock files into .venv. Choose the interpreter with `make PYTHON=python3.12 …`.

.DEFAULT_GOAL := help
.PHONY: help pipeline watch shell test test-newest coverage lint format kafka prism httpfs \
	test-engines bench soak soak-watch fuzz lock clean clean-warehouse distclean

INPUT ?= seeds
WAREHOUSE ?= warehouse
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PEERS := $(VENV)/peers
USABLE := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$name -c '$(USABLE)' 2>/dev/null && echo $$name && break; done)
PYTHON_NEWEST ?= $(shell for name in python3.14 python3.13 python3.12 python3.11; do \
	$$name -c '$(USABLE)' 2>/dev/null && echo $$name && break; done)
PIP_QUIETLY := python -m pip --disable-pip-version-check --quiet --quiet
PIP := $(BIN)/$(PIP_QUIETLY)
LOCKED := install --require-hashes --no-build-isolation

help: ## List these targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

pipeline: $(VENV)/.installed ## Run copydesk over INPUT (seeds) into WAREHOUSE (warehouse)
	@$(BIN)/copydesk run --input $(INPUT) --warehouse $(WAREHOUSE) $(ARGS)

watch: $(VENV)/.installed ## Read what arrives in INPUT into WAREHOUSE, until it is stopped
	@$(BIN)/copydesk watch --input $(INPUT) --warehouse $(WAREHOUSE) $(ARGS)

shell: $(VENV)/.installed ## Open the DuckDB shell on the warehouse's catalog
	@$(BIN)/copydesk shell --warehouse $(WAREHOUSE) $(ARGS)

test: $(VENV)/.developed ## Run the tests, on all cores
	@$(BIN)/pytest -n logical --dist worksteal $(ARGS)

test-newest: ## Run the tests on PYTHON_NEWEST, in an environment of its own
	@$(MAKE) --no-print-directory test VENV=.venv-newest PYTHON=$(PYTHON_NEWEST)

coverage: $(VENV)/.developed ## Run the tests; print the coverage and the ten least covered modules
	@$(BIN)/pytest -n logical --dist worksteal --cov --cov-report= $(ARGS)
	@rm -f .coverage.*  # runs that were killed, or had a full disk, leave broken ones
	@$(BIN)/coverage report --sort=cover | sed -n '1,12p;$$p'

lint: $(VENV)/.developed ## Check style, types and imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.developed ## Format the code and mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

kafka: $(VENV)/kafka ## Install a broker for the tests of Kafka (needs Java 17 and Maven)

$(VENV)/kafka: tests/kafka/pom.xml
	@mvn --quiet --batch-mode --file $< dependency:copy-dependencies -DincludeScope=runtime \
		-DoutputDirectory=$(abspath $@)
	@touch $@

prism: $(VENV)/engines/prism ## Install the engine Prism, of the release of Beam (needs Go)

$(VENV)/engines/prism: $(VENV)/.installed
	@GOBIN=$(abspath $(@D)) go install github.com/apache/beam/sdks/v2/go/cmd/prism@v$$( \
		$(BIN)/python -c "from importlib import metadata; print(metadata.version('apache-beam'))")

httpfs: $(VENV)/httpfs/.installed ## Install DuckDB with its extension httpfs for a test of reading a bucket

$(VENV)/httpfs/.installed: $(VENV)/.locked requirements-httpfs.lock
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/$(PIP_QUIETLY) install --require-hashes --requirement requirements-httpfs.lock
	@touch $@

test-engines: $(VENV)/.developed prism ## Run the tests of engines other than the local one, at length
	@COPYDESK_ENGINES=1 $(BIN)/pytest -n 0 tests/test_engines.py $(ARGS)

bench: $(VENV)/.developed $(PEERS)/.installed ## Measure copydesk against other tools
	@$(BIN)/python -m tests.bench.run --peers-python $(PEERS)/bin/python $(ARGS)

soak: $(VENV)/.developed ## Run, read, reindex and kill -9 on one warehouse for an hour
	@$(BIN)/python -m tests.soak $(ARGS)

soak-watch: $(VENV)/.developed ## Kill copydesk watch 1,000 times, then leave it on for 2,000 batches
	@$(BIN)/python -m tests.soak_watch $(ARGS)

fuzz: $(VENV)/.developed ## Read 10,000 fuzzed dumps; keep those that break something
	@$(BIN)/python -m tests.fuzz $(ARGS)

COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links $(ARGS)

lock: $(VENV)/.developed ## Rewrite the lock files (ARGS=--upgrade: with the newest releases)
	$(COMPILE) pyproject.toml --group build --output-file requirements.lock
	$(COMPILE) pyproject.toml --group build --group dev --constraints requirements.lock \
		--output-file requirements-dev.lock
	$(COMPILE) --group bench --output-file requirements-bench.lock
	$(COMPILE) --group httpfs --output-file requirements-httpfs.lock

clean: ## Remove all caches
	rm -rf bench-results build .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find pipeline transforms tests -name __pycache__ -prune -exec rm -rf {} +

clean-warehouse: ## Delete all data of WAREHOUSE (warehouse), once you have said yes
	@test -d "$(WAREHOUSE)/manifests" || { echo "$(WAREHOUSE) is no warehouse." >&2; exit 1; }
	@printf "This deletes all articles in $(WAREHOUSE). Type yes to go on: "
	@read answer && test "$$answer" = yes || { echo "Nothing was deleted." >&2; exit 1; }
	find "$(WAREHOUSE)" -mindepth 1 -maxdepth 1 ! -name README.md ! -name sql -exec rm -rf {} +

distclean: clean ## Remove the virtual environment, too
	rm -rf $(VENV) .venv-newest copydesk.egg-info

# setuptools goes in first and alone: sources are then built with the locked release of it, where
# pip's isolated builds would download one that no lock file names.
$(VENV)/.locked: requirements.lock
	@test -n "$(PYTHON)" || { \
		echo "No Python 3.11 to 3.14 with venv found. Install one, or name it: make PYTHON=…" >&2; \
		exit 1; }
	@echo "Installing the locked dependencies into $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv --clear $(VENV)
	@sed -n '/^setuptools==/,/^ *# /p' requirements.lock > $(VENV)/setuptools.lock
	@$(PIP) $(LOCKED) --requirement $(VENV)/setuptools.lock
	@$(PIP) $(LOCKED) --requirement requirements.lock
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	@$(PIP) install --no-build-isolation --no-deps --no-index --editable .
	@$(BIN)/python -m compileall -q pipeline transforms  # as pip does with what it copies
	@$(BIN)/python -m transforms.compiled
	@touch $@

$(VENV)/.developed: $(VENV)/.installed requirements-dev.lock
	@echo "Installing the locked development tools …"
	@$(PIP) $(LOCKED) --requirement requirements-dev.lock
	@touch $@

# The tools copydesk is measured against, in an environment of their own: they pin what they use.
$(PEERS)/.installed: $(VENV)/.locked requirements-bench.lock
	@echo "Installing the locked tools to measure against …"
	@$(PYTHON) -m venv --clear $(PEERS)
	@$(PEERS)/bin/$(PIP_QUIETLY) install --require-hashes --requirement requirements-bench.lock
	@touch $@
