# One command each. Everything runs inside .venv, which the first command creates.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test check bench bench-quick bench-peers clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; set PYTHON=python3.12, say") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

demo: $(READY)  ## import a Redshift DDL, generate 2 million rows, show what came out
	@$(BIN)/python examples/demo.py

test: $(READY)  ## run the whole suite
	$(BIN)/python -m pytest -n 2

check: $(READY)  ## formatting, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## measure the retail job against DuckDB (ARGS="--n 1000000"), relations, rules, reads during a run, loads, places
	$(BIN)/python -m benchmarks.retail $(ARGS)
	$(BIN)/python -m benchmarks.relations
	$(BIN)/python -m benchmarks.rules
	$(BIN)/python -m benchmarks.reads
	$(BIN)/python -m benchmarks.loads
	$(BIN)/python -m benchmarks.places

bench-peers: $(READY)  ## compare with other tools, each in an environment of its own (ARGS="--rounds 1 --peer polars")
	$(BIN)/python -m benchmarks.against $(ARGS)

bench-quick: $(READY)  ## count instructions, and fail where something costs 10 % more than it did (needs valgrind)
	$(BIN)/python -m benchmarks.quick

clean:  ## remove the environment and every cache
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache demo-output benchmarks/results
