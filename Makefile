# Two commands: `make demo` shows a night on this machine, `make test` proves it.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-deps --progress-bar off
# A line that counts packages in twenties; the whole log is kept, and its end is shown when something fails.
COUNT = 2>&1 | tee $(VENV)/setup.log | awk '/^Collecting/ && ++n % 20 == 0 {printf " %d", n; fflush()} END {print " done"}' \
	|| { tail -25 $(VENV)/setup.log; exit 1; }

help:  ## Show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "yakin needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "[1/3] virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(BIN)/python requirements.lock pyproject.toml
	@echo "[2/3] $$(grep -c '==' requirements.lock) pinned packages, each checked against its hash (about a minute)"
	@$(PIP) --require-hashes -r requirements.lock $(COUNT)
	@echo "[3/3] yakin itself, editable"
	@$(PIP) --quiet --no-build-isolation -e . >$(VENV)/setup.log 2>&1 || { tail -25 $(VENV)/setup.log; exit 1; }
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@echo "[dev] test tools"
	@$(PIP) --require-hashes -r requirements-dev.lock $(COUNT)
	@touch $@

setup: $(VENV)/.runtime  ## Install yakin into .venv

demo: $(VENV)/.runtime  ## One night over sample documents, on this machine only
	@$(BIN)/yakin demo || [ $$? = 3 ]  # 3: documents that cannot be answered have their reason; the demo has two

check: $(VENV)/.dev  ## Lint, types, import contracts
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: check  ## Everything that must hold; real Postgres, Prefect, S3, model and browser where the machine has them
	@$(BIN)/yakin model pull || echo "*** no model weights: tests of the real local model are SKIPPED ***"
	@$(BIN)/pytest -n 2 --dist loadfile

docs: $(VENV)/.runtime  ## Write the data dictionary from the comments in the database
	@$(BIN)/yakin db migrate
	@YAKIN_OWNER_DATABASE_URL="$$($(BIN)/yakin db url --owner)" $(BIN)/python -m yakin.store.data_dictionary

lock:  ## Resolve the direct dependencies again (needs uv)
	uv pip compile --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-header requirements.in -o requirements.lock
	uv pip compile --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-header -c requirements.lock requirements-dev.in -o requirements-dev.lock

.PHONY: help setup demo check test docs lock
