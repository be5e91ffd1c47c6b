# LexAI's commands for people. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
# a third of the tests' time is waiting for servers: one worker more than there are cores
WORKERS ?= $(shell expr $$(nproc) + 1)
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py

.PHONY: help demo test run check fix bench lighthouse screenshots schema requirements system-packages

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1: \2/p' $(MAKEFILE_LIST)

demo: .venv/base ## load a fictional firm, read its papers, ask a question, show the cited answer
	@$(MANAGE) demo

run: .venv/base ## serve LexAI in the foreground at PORT (8000); Ctrl-C stops everything
	@exec $(MANAGE) run --port $(PORT)

test: .venv/dev system-packages ## run the whole suite on real servers
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 --dist worksteal $(TESTS)

check: .venv/dev ## run every static check
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || (echo "Run make fix."; exit 1)
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(MANAGE) check --fail-level WARNING
	@LEXAI_TLS=1 ALLOWED_HOSTS=lexai.example PUBLIC_URL=https://lexai.example \
		SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(48))') \
		$(MANAGE) check --deploy --fail-level WARNING
	@$(MANAGE) makemigrations --check --dry-run

fix: .venv/dev ## repair what can be repaired
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format --quiet .

bench: .venv/dev ## measure lists, sealing, search, a crowd, pages; PAGES=1: them alone; CONTRACTS=folder: answers and imports too; CORPUS=folder: reading
	@$(BIN)/python -m tests.benchmarks $(if $(PAGES),--pages) $(if $(CONTRACTS),--contracts $(CONTRACTS)) $(if $(CORPUS),--corpus $(CORPUS))

lighthouse: .venv/dev ## have Lighthouse (npm, fetched into a folder of its own) score four pages
	@$(BIN)/python -m tests.benchmarks.lighthouse

screenshots: .venv/dev ## take pictures of every page, light and dark, wide and narrow, into screenshots/
	@$(BIN)/python -m tests.e2e.screenshots screenshots

schema: .venv/base ## write the description of the API anew
	@$(MANAGE) spectacular --validate --fail-on-warn --file lexai/openapi.yaml

requirements: .venv/dev ## compile the pinned, hashed requirements anew
	@for set in base dev; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make requirements" requirements/$$set.in -o requirements/$$set.txt; done

# What tests need from Debian: installed where that is possible, and skipped by name elsewhere.
system-packages:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		wanted=$$(sed 's/#.*//' docker/system-packages.txt | xargs); \
		dpkg -s $$wanted >/dev/null 2>&1 || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $$wanted >/dev/null; } \
			|| echo "Could not install $$wanted: the tests that need them are skipped by name."; \
	fi

.venv/base: requirements/base.txt
	@$(PYTHON) -c 'import sys; sys.exit("LexAI needs Python 3.11 or newer. Name it: make PYTHON=python3.12 ..." \
		if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the pinned requirements into .venv, once ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/dev: requirements/dev.txt .venv/base
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
