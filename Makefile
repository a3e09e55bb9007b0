# Everything starts from a fresh clone: each target sets up what it needs.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: run loop model card test browser lint bench docs clean

run: $(VENV)/.train          ## play the quickstart experiment: the model in the box, and a specialist trained from its play
	$(BIN)/automem apply specs/quickstart.yaml

loop: $(VENV)/.run           ## improve a scaffold by loop 1, without a model or a key; some minutes
	$(BIN)/automem apply specs/loop1.yaml

# An hour and a half on two cores without bfloat16. The same steps give the same weights on the same machine.
STEPS := 3600
MODEL := build/model

model: $(VENV)/.train $(MODEL)/talks.jsonl.zst   ## train a very small model from nothing; docs/small-model.md
	$(BIN)/python -m automem.pretraining.train --talks $(MODEL)/talks.jsonl.zst --out $(MODEL)/run --steps $(STEPS)

card: $(VENV)/.train         ## evaluate what `make model` has trained, and put it into the package with its card
	$(BIN)/python -m automem.pretraining.evaluate --model $(MODEL)/run/model --out $(MODEL)/run/evaluation
	$(BIN)/python -m automem.pretraining.card --run $(MODEL)/run --to automem/models/tiny

$(MODEL)/talks.jsonl.zst: | $(VENV)/.train
	$(BIN)/python -m automem.pretraining.gather --out $@

test: $(VENV)/.test browser  ## run the test suite
	$(BIN)/python -m pytest

browser:                     ## what `automem view` is tested with: Debian's chromium, where nothing of the kind is there
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  if command -v $$name >/dev/null; then exit 0; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing chromium, for the tests of automem view"; \
	  apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	else \
	  echo "no chromium or google-chrome is installed: tests in a browser are left out; apt-get install chromium brings one"; \
	fi

lint: $(VENV)/.dev           ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p automem -p benchmarks

bench: $(VENV)/.run          ## ratios measured within one run; see docs/log.md
	$(BIN)/python -m benchmarks

docs: $(VENV)/.run           ## write schemas and reference tables anew from the code
	$(BIN)/automem schema --write schemas
	$(BIN)/python -m automem.api.reference docs/spec.md docs/patches.md docs/catalogue.md docs/recipes.md docs/training-engine.md

clean:                       ## remove what the other targets made; other runs stay
	rm -rf $(VENV) runs/quickstart runs/loop1 build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[nethack]'
	touch $@

$(VENV)/.train: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[nethack,train]'
	touch $@ $(VENV)/.run

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[test]'
	touch $@ $(VENV)/.run $(VENV)/.train

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[test,dev]'
	touch $@ $(VENV)/.run $(VENV)/.train $(VENV)/.test
