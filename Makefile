.PHONY: run test check lint types contracts bench soak pictures clean

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# With a terminal: the app. Without one: the same job in plain lines, about a minute of it.
run: $(VENV)/app.installed
	@if [ -t 0 ] && [ -t 1 ]; then exec $(BIN)/textgen-tui; fi; \
	name=first-look-$$(date +%Y%m%d-%H%M%S); \
	$(BIN)/textgen-tui train python-reference --preset quick --name $$name && \
	$(BIN)/textgen-tui generate $$name --length 500 --seed 7

test: $(VENV)/dev.installed
	$(BIN)/python -m pytest --numprocesses auto

check: lint types contracts test

lint: $(VENV)/dev.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.installed
	$(BIN)/mypy

contracts: $(VENV)/dev.installed
	$(BIN)/lint-imports

# A few minutes. All of it: make bench BENCH=
BENCH ?= --quick
bench: $(VENV)/dev.installed
	@$(BIN)/python -m benchmarks $(BENCH)

# Trainers that are killed, starved and broken at random moments: what came of their runs, as a table.
ROUNDS ?= 300
SEED ?= 1
soak: $(VENV)/dev.installed
	@$(BIN)/python -m tests.integration.faults.soak $(ROUNDS) $(SEED)

pictures: $(VENV)/app.installed
	$(BIN)/python docs/pictures/take.py

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/app.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable .
	touch $@

$(VENV)/dev.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	touch $@ $(VENV)/app.installed

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
