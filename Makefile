# `make help` lists the targets. Everything they install lives in .venv and node_modules; a stamp file in
# there says what is done already, so a second call starts at once. Paths are relative: spaces do no harm.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The first Python that is new enough and can make virtual environments.
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	"$$each" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
# Node comes with the development requirements, so that every machine checks with the same one.
NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
PACKAGES := chromium fonts-dejavu-core fonts-noto-color-emoji
# All tests are shared out to three processes, file by file; for some of them a second one would not be worth its start.
ALL_TESTS := -n 3 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test faults bench capacity model lint format screenshots icons requirements browser clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 16

run: $(VENV)/.application ## Install what is missing and serve http://127.0.0.1:5000 (ARGS="--port 8000" for more)
	@exec $(BIN)/python manage.py runserver $(ARGS)

test: $(VENV)/.development node_modules/.installed browser ## Install what is missing and run every test (ARGS="-k walls" for some)
	@CHROMIUM="$(CHROMIUM)" exec $(BIN)/python -m pytest $(or $(ARGS),$(ALL_TESTS))

faults: $(VENV)/.development ## Break a cluster in every way we know, 20 times each, and look what it keeps (ARGS="--help" for less)
	@exec $(BIN)/python -W "ignore:XDG_RUNTIME_DIR" -m tests.faults $(ARGS)

capacity: $(VENV)/.development ## Measure what people cost a server, and how many this machine holds (ARGS="--rounds 1"; --write keeps it)
	@exec $(BIN)/python -W "ignore:XDG_RUNTIME_DIR" -m bench.capacity $(ARGS)

bench: $(VENV)/.development bench/node_modules/.installed bench/.venv/.installed ## Measure Parley beside its peers and its targets (ARGS="--help" for parts)
	@exec $(BIN)/python -W "ignore:XDG_RUNTIME_DIR" -m bench $(ARGS)

model: $(VENV)/.development ## Compute how many machines so many people need (ARGS="--quick --posts 10"; --write for docs/scaling.md)
	@exec $(BIN)/python -m bench.model $(ARGS)

lint: $(VENV)/.development node_modules/.installed ## Check style and types of the Python and the JavaScript
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m mypy
	$(NODE) npm run --silent check

format: $(VENV)/.development ## Rewrite the Python in the house style
	$(BIN)/python -m ruff check --fix
	$(BIN)/python -m ruff format

screenshots: $(VENV)/.development browser ## Take the pictures in docs/images from the running product
	$(BIN)/python -m tests.screenshots $(CHROMIUM)

icons: $(VENV)/.development browser ## Draw the icons of an installed Parley anew from static/icon.svg
	$(BIN)/python -m tests.icons $(CHROMIUM)

requirements: $(VENV)/.development ## Pin the newest versions of what requirements*.in ask for, with hashes
	$(PIP) install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate --universal -p 3.11 \
		requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate --universal -p 3.11 \
		-c requirements.txt requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate --universal -p 3.11 \
		bench/requirements.in -o bench/requirements.txt

clean: ## Remove all that was installed or cached here; the instance folder stays
	rm -rf $(VENV) node_modules bench/.venv bench/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Parley needs Python 3.11 or later with venv: on Debian and Ubuntu, apt-get install python3 python3-venv." >&2; \
		echo "If it has another name, say make PYTHON=that-name." >&2; exit 1; fi
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.application: requirements.txt $(VENV)/.made
	$(PIP) install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.application
	$(PIP) install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/.installed: package-lock.json package.json $(VENV)/.development
	$(NODE) npm ci --loglevel=error --ignore-scripts
	@touch $@

# The peers that `make bench` measures have their own environments; ngIRCd is measured where it is installed.
bench/node_modules/.installed: bench/package-lock.json bench/package.json $(VENV)/.development
	cd bench && $(NODE) npm ci --loglevel=error --ignore-scripts
	@touch $@

bench/.venv/.installed: bench/requirements.txt $(VENV)/.made
	$(BIN)/python -m venv bench/.venv
	bench/.venv/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r $<
	@touch $@

# The tests drive a real browser: Debian's, installed here when it is missing and we may.
browser:
	@if [ -n "$(CHROMIUM)" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
		echo "The tests need Chromium: install it, or say make test CHROMIUM=/path/to/it." >&2; exit 1; \
	elif [ "$$(id -u)" -ne 0 ]; then \
		echo "The tests need Chromium: type sudo apt-get install --no-install-recommends $(PACKAGES)" >&2; exit 1; fi; \
	apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES)
