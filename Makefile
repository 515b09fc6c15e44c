# What a developer types. `make` alone lists it.
PYTHON ?= python3
VENV := .venv/bin
SHELL := /bin/sh
# Lock files name no address: each machine asks the index it is set up for.
LOCK := --quiet --allow-unsafe --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links
# A file's tests stay together: some start real processes once for all of them. The order is that of our plugin.
PARALLEL := -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder
export HOST PORT DATABASE_URL REDIS_URL

.DEFAULT_GOAL := help
.PHONY: help run test lint fmt check stale demo-reset look rules bench lock messages venv venv-dev

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-11s %s\n", $$1, $$2 }'

run: venv ## Start MBL with the demonstration district (HOST, PORT, DATABASE_URL, REDIS_URL)
	@exec $(VENV)/python -m mbl.services run

test: venv-dev ## Run the whole test suite (ARGS="-k word" narrows it)
	@$(VENV)/python -m pytest $(PARALLEL) $(ARGS)

lint: venv-dev ## Check style, types and import contracts
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy .
	@$(VENV)/lint-imports

fmt: venv-dev ## Format the code and fix what can be fixed
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

check: lint test stale ## Everything a change must pass: lint, test, generated files

stale: venv-dev ## Find generated files that no longer match their source
	@$(VENV)/python -m mbl.services stale

demo-reset: venv ## Drop the local data; the next start loads the demonstration anew
	@$(VENV)/python -m mbl.services demo-reset

look: venv-dev ## Photograph a screen in every width and language (SCREEN=name)
	@$(VENV)/python manage.py look $(SCREEN)

rules: venv-dev ## Write docs/rules.md: which test proves which rule
	@$(VENV)/python manage.py rules

bench: venv-dev ## Measure against plain references; writes var/bench/results.json
	@$(VENV)/python -m bench

lock: venv-dev ## Write the lock files from requirements.in and requirements-dev.in
	@$(VENV)/pip-compile $(LOCK) --output-file=requirements.lock requirements.in
	@$(VENV)/pip-compile $(LOCK) --output-file=requirements-dev.lock requirements-dev.in

messages: venv-dev ## Collect sentences to translate into locale/, then compile them (needs gettext)
	@$(VENV)/python manage.py makemessages --all --no-location --ignore .venv --ignore var --ignore tests
	@$(VENV)/python -m mbl.services catalogs

venv: ## Build .venv for running
	@$(PYTHON) scripts/venv.py run

venv-dev: ## Build .venv for tests and checks
	@$(PYTHON) scripts/venv.py dev
