# Each target sets up .venv by itself. `make demo` and `make test` are all that a new machine needs.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FLOORS := .venv-floors
DISTRIBUTED := .venv-distributed
CLIENT_TESTS := tests/client tests/transport tests/workflows tests/bulk tests/testing
PROVIDER ?= baseten
# Many tests wait: two workers for each core.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 2)
# Without bytecode every process compiles anew, and pytest rewrites each module's assertions in each of its workers.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-fast test-artefacts test-distributed test-floors test-httpcore2 test-new-documents soak leaks fuzz bench generate check fetch update docs diff lint ruff mypy pyright arrows clean
.DEFAULT_GOAL := test

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; set PYTHON="; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev --editable ".[testing,cli,fast,mcp]"
	@touch $(STAMP)

$(FLOORS)/.installed: pyproject.toml tests/floors.txt
	@test -x $(FLOORS)/bin/python || $(PYTHON) -m venv $(FLOORS)
	@$(FLOORS)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(FLOORS)/bin/python -m pip install --quiet --disable-pip-version-check --constraint tests/floors.txt --group floors --editable ".[testing,cli,fast]"
	@touch $@

$(DISTRIBUTED)/.installed: pyproject.toml
	@test -x $(DISTRIBUTED)/bin/python || $(PYTHON) -m venv $(DISTRIBUTED)
	@$(DISTRIBUTED)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(DISTRIBUTED)/bin/python -m pip install --quiet --disable-pip-version-check --group distributed --editable ".[testing,cli,fast,distributed]"
	@touch $@

demo: $(STAMP)  ## documents -> package -> the guide's workflows against the local gateway (LIVE=1: the real one)
	@$(BIN)/python -m codegen generate --provider $(PROVIDER)
	@$(BIN)/python -m lowcodeapi_baseten.testing.demo $(if $(LIVE),--live)

test: $(STAMP)  ## every test but `test-artefacts`, without the network, in an order of its own; --randomly-seed= of its first lines repeats it
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-fast: $(STAMP)  ## every test over the fast wire, where it can be asked for
	@LOWCODEAPI_TRANSPORT=fast $(BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-artefacts: $(STAMP)  ## the documentation in a browser; the wheel, installed and type-checked (needs a package index)
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/artefacts

test-floors: $(FLOORS)/.installed  ## the client's tests with the lowest versions of what it depends on
	@$(FLOORS)/bin/python -m pytest -n $(JOBS) --dist worksteal -p no:cacheprovider $(CLIENT_TESTS)

test-distributed: $(DISTRIBUTED)/.installed  ## Ray, Spark (needs Java) and Dask: jobs whose workers are killed, and the README's
	@$(DISTRIBUTED)/bin/python -m pytest -p no:cacheprovider tests/distributed

test-httpcore2: $(STAMP)  ## the tests of what sends, with httpcore2 in the place of httpcore
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -p tests.transport.over_httpcore2 tests/transport

test-new-documents: $(STAMP)  ## an update, in a copy of the last commit, to documents with one more operation and field: every test
	@$(BIN)/python -m tests.support.new_documents

soak: $(STAMP) $(DISTRIBUTED)/.installed  ## sync, async, fast: 10,000 predictions and 10,000 reads each, with faults, interrupts and cancellations; SEED=. On Ray: 20,000
	@$(BIN)/python -m tests.support.soak 10000 $(SEED)
	@DISTRIBUTED_ROWS=20000 $(DISTRIBUTED)/bin/python -m pytest -s -p no:cacheprovider tests/distributed/test_ray.py -k killed_and_nothing

leaks: $(STAMP)  ## the whole suite with every logger at DEBUG and every error rendered with locals: no token in any of it
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -p tests.support.leak_session

fuzz: $(STAMP)  ## the properties with thirty times the examples; 5,000 documents of up to 300 operations, all validated
	@HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -n $(JOBS) --dist worksteal --timeout 0 tests/pipeline/test_dialects_generated.py tests/pipeline/test_hostile_documents.py tests/client/test_hostile_answers.py tests/workflows/test_hostile_workflows.py tests/client/test_call_properties.py tests/repair/test_repair.py

generate: $(STAMP)  ## write generated/ from the snapshot
	@$(BIN)/python -m codegen generate --provider $(PROVIDER)
	@$(BIN)/python -m codegen unasync

check: $(STAMP)  ## fail where generated/ is not what generate writes
	@$(BIN)/python -m codegen check --provider $(PROVIDER)
	@$(BIN)/python -m codegen unasync --check

fetch: $(STAMP)  ## take both documents from the backend
	@$(BIN)/python -m codegen fetch --provider $(PROVIDER) $(if $(ONLY),--only "$(ONLY)")

update: $(STAMP)  ## fetch, generate, test, diff: the tree is updated, or left as it was with a reason
	@$(BIN)/python -m codegen update --provider $(PROVIDER) $(if $(NO_FETCH),--no-fetch) $(if $(REPORT),--report "$(REPORT)") $(if $(KEEP),--keep) $(if $(ONLY),--only "$(ONLY)") $(if $(LINKS),--links "$(LINKS)")

docs: $(STAMP)  ## the documentation, in build/docs; a warning is an error
	@$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs

diff: $(STAMP)  ## what changed since the last commit, and whom it breaks
	@$(BIN)/python -m codegen diff --provider $(PROVIDER)

bench: $(STAMP)  ## compare with the peers of the group bench, on one machine in one run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	@$(BIN)/python -m tests.benchmarks

lint: ruff mypy pyright arrows  ## all four; side by side with -j 3

ruff: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

mypy: $(STAMP)
	@$(BIN)/mypy

pyright: $(STAMP)
	@$(BIN)/pyright

arrows: $(STAMP)  ## which folder may import which
	@$(BIN)/lint-imports --no-cache --no-logo

clean:  ## remove what the targets made
	rm -rf $(VENV) $(FLOORS) $(DISTRIBUTED) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
