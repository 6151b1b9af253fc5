# One-word verbs; each sets up what it needs by itself. `make` alone says what there is.
# ARGS are handed on: make reports ARGS="--as-of 2025-06-30", make test ARGS="tests/test_docs.py".

BIN := .venv/bin
STAMP := .venv/.installed
NEWER := import sys; sys.exit(sys.version_info < (3, 11))

# JupyterLab's news and its look for a newer version: both ask the network.
NEWS := @jupyterlab/apputils-extension:announcements

# Else each of a hundred Python processes compiles every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup reports test lab spark bench clean

help:
	@echo "make setup    build .venv, with every package at its locked version"
	@echo "make reports  run the reports; the last line is the index to open"
	@echo "make test     run the tests, notebooks included"
	@echo "make lab      open the notebooks in JupyterLab"
	@echo "make spark    add Spark to .venv, for sources on a cluster (it needs Java 17 or later)"
	@echo "make bench    measure, and print a table of medians"
	@echo "make clean    back to a fresh clone: no .venv, no caches, no reports"

setup: $(STAMP)

# Nothing is done a second time, until the lock or the project's own settings change.
$(STAMP): requirements.lock pyproject.toml
	@if ! $(BIN)/python -c '$(NEWER)' 2>/dev/null || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    if "$$name" -c '$(NEWER)' 2>/dev/null; then found="$$name"; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "Python 3.11 or later is needed; python3 here is: $$(python3 --version 2>&1)" >&2; \
	    echo "Install one, or name it: make setup PYTHON=/path/to/python3.12" >&2; \
	    exit 1; \
	  fi; \
	  echo "Building .venv with $$($$found --version) and the locked packages: once, for a minute or three."; \
	  "$$found" -m venv --clear .venv || exit 1; \
	fi
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m jupyter labextension disable --level=sys_prefix $(NEWS) >/dev/null 2>&1 || true
	@touch $@

reports: $(STAMP)
	@$(BIN)/kam run $(ARGS)

test: $(STAMP)
	@$(BIN)/python -m pytest -n logical --dist loadfile $(ARGS)

lab: $(STAMP)
	@$(BIN)/python -m jupyterlab --notebook-dir=notebooks $(ARGS)

spark: $(STAMP)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-spark.lock

bench: $(STAMP)
	@$(BIN)/python benchmarks/run.py $(ARGS)

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
	find . -name __pycache__ -prune -exec rm -rf {} +
	find notebooks -name .ipynb_checkpoints -prune -exec rm -rf {} +
	find reports -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
