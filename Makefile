# Everything a person does with this program, each in one command. `make` alone lists them.
# Needs make and Python 3.11 or later; sets up the rest by itself.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
SHELL := /bin/sh
# Many processes run the program, and each would compile it anew where the machine's image forbids keeping that.
export PYTHONDONTWRITEBYTECODE :=

# The types take as long as all the other checks; asked for both, the tests begin once those are done.
MAKEFLAGS += --jobs=2

CHECKS := check-types check-lint check-format check-layers check-templates check-dependencies

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check test-data lforms trust bench pictures lock clean python browser $(CHECKS)

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: export REGISTRY_ENV := demo
demo: .venv/run  ## Invent a clinic and serve it on http://127.0.0.1:8000 (PORT=… for another port)
	$(BIN)/flask --app wsgi demo
	$(BIN)/flask --app wsgi serve --port $(PORT)

test: .venv/dev browser  ## Run every test, on SQLite, on PostgreSQL and in a browser (ARGS=… for pytest)
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

check: $(CHECKS)  ## Lint, format, types, layers, templates, dependencies

$(CHECKS): .venv/dev

check-types:
	$(BIN)/mypy

check-lint:
	$(BIN)/ruff check .

check-format:
	$(BIN)/ruff format --check .

check-layers:
	$(BIN)/lint-imports --no-cache

check-templates:
	$(BIN)/djlint templates --lint --quiet

check-dependencies:
	$(BIN)/deptry .

test-data: .venv/dev  ## Run the long tests on whole published files, on both databases
	$(BIN)/pytest -m data $(ARGS)

lforms: .venv/dev browser .lforms/package  ## Have NLM's LHC-Forms score our questionnaires, and compare (fetches it once with npm)
	$(BIN)/pytest -m lforms -n auto $(ARGS)

trust: .venv/dev  ## Try everything that is generated, and live through many clinics' years, on both databases
	$(BIN)/pytest -m "trust or hypothesis" --hypothesis-profile trust -n auto --dist worksteal $(ARGS)

bench: .venv/dev  ## Measure speed with 10,000 patients, on both databases
	$(BIN)/python -m benchmarks $(ARGS)

pictures: export REGISTRY_ENV := demo
pictures: .venv/dev browser  ## Take the pictures of docs/ again, of the demo clinic
	$(BIN)/flask --app wsgi demo
	$(BIN)/python -m tests.e2e.pictures $(ARGS)

lock: .venv/dev  ## Write the exact versions again after a change of pyproject.toml (UPGRADE=1: the newest)
	$(call compile,requirements.txt)
	$(call compile,requirements-dev.txt,--group dev --constraint requirements.txt)

clean:  ## Remove what was set up; the data in instance/ stays
	rm -rf .venv .lforms .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- setting up -------------------------------------------------------------------------------------------------

.venv/run: requirements.txt requirements-dev.txt | python
	$(call install,requirements.txt)
	@touch $@

.venv/dev: requirements.txt requirements-dev.txt | python
	$(call install,requirements-dev.txt)
	@touch .venv/run $@

# Other people's program, kept out of the repository: this version with this checksum, and nothing of it is run by npm.
LFORMS := lforms@40.1.3
LFORMS_SHA512 := 58baee4e6f817159da7c2d2b480437fdc36a871bdc941531c811baf1ab9bfee85ad8d68af47f1965c1174d3b8e46e1b3cc2b74c1aedfbe1ba2799b5c0c874fcd

.lforms/package:
	$(call need,command -v npm,npm)
	@mkdir -p .lforms
	@echo "Fetching $(LFORMS)"
	@cd .lforms && npm pack --silent --ignore-scripts $(LFORMS) > archive \
	  && echo "$(LFORMS_SHA512)  $$(cat archive)" | sha512sum --check --quiet \
	  && tar xzf "$$(cat archive)" && touch package

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3"; exit 1; }
	$(call need,$(PYTHON) -c 'import ensurepip$(comma) venv',python3-venv)

browser: | python
	$(call need,command -v chromium-headless-shell,chromium-headless-shell,command -v chromium)

comma := ,

# $(1) succeeds when the Debian package $(2) is there; where it cannot be had, $(3) when something else will do.
define need
	@$(1) >/dev/null 2>&1 || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	  && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(2) >/dev/null; } \
	  || { $(or $(3),false); } >/dev/null 2>&1 \
	  || { echo "Please run this line once, then make again:"; echo "  sudo apt-get update && sudo apt-get install -y $(2)"; exit 1; }
endef

# uv is four times as fast; pip, which reads the mirror settings of a hospital network, is the fallback.
# Both refuse a file whose hash is not in the lock, uv's own included.
define install
	@echo "Setting up .venv from $(1)"
	@$(PYTHON) -m venv .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > .venv/uv.txt
	@{ $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt \
	  && $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); } \
	  || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
endef

define compile
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  $(if $(UPGRADE),--upgrade) pyproject.toml $(2) --output-file $(1)
endef
