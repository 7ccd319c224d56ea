# `make demo` and `make test` set up everything they need in .venv
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint benchmarks clean

demo: $(VENV)/core
	@mkdir -p demo
	$(BIN)/cxtext score examples/feedback.csv -o demo/scored.parquet --overwrite
	$(BIN)/cxtext explain "The parcel came two weeks late and the driver was rude. Never again!"
	@echo "The scored table is demo/scored.parquet; look at some of its rows with: $(BIN)/cxtext score examples/feedback.csv --preview 5"

test: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/mypy

benchmarks: $(VENV)/bench
	$(BIN)/python -m benchmarks.quality
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.memory

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/core: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/dev: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@

# torch is installed by itself first, so that pip takes one that is at hand
$(VENV)/bench: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet -c constraints.txt torch
	$(BIN)/pip install --quiet -c constraints.txt -e '.[bench]'
	@touch $@

clean:
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache
