# `make demo` shows what this is for; `make test` is what CI runs. Both install what they need into .venv first.
# `make help` lists the rest.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 \
	&& $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore -c constraints.txt
# Bytecode beforehand: a command is quick from the first call, even where Python is told to write none.
COMPILE := $(BIN)/python -m compileall -q graph patterns propagation api
LINTED := graph patterns propagation api tests benchmarks

.PHONY: help demo test check bench test-long clean
.DEFAULT_GOAL := help

help:
	@echo "make demo       a real question to the sample company, and what to try next"
	@echo "make test       everything CI runs: lint, format, types, layers, tests"
	@echo "make check      lint, format, types and layers only"
	@echo "make test-long  the tests with the longer batteries in full"
	@echo "make bench      measure against networkx, rustworkx and numpy"
	@echo "make clean      remove .venv, caches and builds"

# Stamps, so that a second run installs nothing: they are older than what they depend on only when that changed.
.venv/.made:
	@test -n "$(PYTHON)" || { echo "Crossplan needs Python 3.11 or later: install it, or run make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Could not make .venv (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	@touch $@

.venv/.run: .venv/.made pyproject.toml constraints.txt
	@$(PIP) -e .
	@$(COMPILE)
	@touch $@

.venv/.test: .venv/.made pyproject.toml constraints.txt
	@$(PIP) -e '.[test]'
	@$(COMPILE)
	@touch $@ .venv/.run

.venv/.bench: .venv/.test
	@$(PIP) -e '.[bench]'
	@touch $@

demo: .venv/.run
	@$(BIN)/crossplan impact sample --set mql@2026-09=400 --today 2026-08-11
	@echo
	@echo "That is Fernhill Software, the sample company (api/sample/fernhill.yaml): 8 teams, 47 key results. Marketing cuts"
	@echo "its leads by 20%, all of it in September. Nothing was stored: an impact is a preview. Try next:"
	@echo
	@echo "  $(BIN)/crossplan impact sample --set visitors=8000           a fifth fewer visitors: who is affected, and why"
	@echo "  $(BIN)/crossplan impact sample --delay pricing-for-expansion=2026-08-11"
	@echo "  $(BIN)/crossplan check sample --today 2026-08-11             what is wrong or risky in this plan"
	@echo "  $(BIN)/crossplan show sample pipeline                        one key result and what makes it"
	@echo "  $(BIN)/crossplan drivers sample arr                          what the result is most sensitive to"
	@echo "  $(BIN)/crossplan --help                                      everything else"

check: .venv/.test
	@$(BIN)/ruff check --quiet $(LINTED)
	@$(BIN)/ruff format --quiet --check $(LINTED) || { $(BIN)/ruff format --check $(LINTED); exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo >.venv/lint-imports.txt || { cat .venv/lint-imports.txt; exit 1; }
	@echo "lint, format, types and layers: fine"

test: check
	@$(BIN)/pytest -n 2 -m 'not long'

test-long: check
	@CROSSPLAN_LONG=1 $(BIN)/pytest -n 2

bench: .venv/.bench
	@$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build .demo
	find graph patterns propagation api tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
