# Everything starts from a fresh clone: each target sets up what it needs.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: run loop test lint bench docs clean

run: $(VENV)/.run            ## play the quickstart experiment
	$(BIN)/automem apply specs/quickstart.yaml

loop: $(VENV)/.run           ## improve a scaffold by loop 1, without a model or a key; some minutes
	$(BIN)/automem apply specs/loop1.yaml

test: $(VENV)/.test          ## run the test suite
	$(BIN)/python -m pytest

lint: $(VENV)/.dev           ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p automem -p benchmarks

bench: $(VENV)/.run          ## ratios measured within one run; see docs/log.md
	$(BIN)/python -m benchmarks

docs: $(VENV)/.run           ## write schemas and reference tables anew from the code
	$(BIN)/automem schema --write schemas
	$(BIN)/python -m automem.api.reference docs/spec.md docs/patches.md docs/catalogue.md

clean:                       ## remove what the other targets made; other runs stay
	rm -rf $(VENV) runs/quickstart runs/loop1 build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[nethack]'
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[test]'
	touch $@ $(VENV)/.run

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[test,dev]'
	touch $@ $(VENV)/.run $(VENV)/.test
