# The one interface. `make help` explains itself.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EMULATORS := infra/local/firebase/node_modules/.ready
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test serve lint rules openapi fuzz api-fuzz format lock bench clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(READY) $(EMULATORS) ## Make the environment (the other targets do it by themselves)

$(READY): requirements.txt requirements-dev.txt requirements-analysis.txt pyproject.toml
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt -r requirements-analysis.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(EMULATORS): infra/local/firebase/package-lock.json
	@echo "Setting up the Auth emulator ..."
	@command -v npm >/dev/null || { echo "Node.js 20 or newer is needed, with npm: install it"; exit 1; }
	@npm ci --prefix infra/local/firebase --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

demo: $(READY) $(EMULATORS) ## Play the main job to its end (CASES=log.csv [PROFILE=its.toml] [MONTH=YYYY-MM] [FAULTS=1])
	@$(BIN)/roviec demo $(if $(CASES),--cases '$(CASES)') $(if $(PROFILE),--profile '$(PROFILE)') $(if $(MONTH),--month '$(MONTH)') $(if $(FAULTS),--faults)

serve: $(READY) $(EMULATORS) ## Run everything here with a page to look at, until Ctrl-C (PORT=8335)
	@$(BIN)/roviec serve $(if $(PORT),--port $(PORT))

lint: $(READY) ## Lint, format check, types and architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports --no-cache

test: $(READY) $(EMULATORS) lint ## Set up and pass everything
	@$(BIN)/pytest --numprocesses=$(WORKERS) --dist=worksteal

fuzz: $(READY) ## Ask the models and the rules about N documents (SEED=n)
	@$(BIN)/python -m tests.rules.fuzz --number $(or $(N),1000) $(if $(SEED),--seed $(SEED))

bench: $(READY) $(EMULATORS) ## Measure the budgets as ratios on this machine: out/bench.json
	@$(BIN)/python -m bench $(if $(OFFICIALS),--officials $(OFFICIALS))

rules: $(READY) ## Compose rules/firestore.rules from the policy and the models
	@$(BIN)/python -m rules

openapi: $(READY) ## Write docs/openapi.json from the contracts and the models
	@$(BIN)/python -m infra.openapi

api-fuzz: $(READY) $(EMULATORS) ## Call every function as docs/openapi.json allows and forbids (N=200 SEED=n)
	@$(BIN)/python -m tests.api.fuzz --examples $(or $(N),200) $(if $(SEED),--seed $(SEED))

format: $(READY) ## Format and mend what can be mended
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: $(READY) ## Compile the pinned requirements from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --no-header --upgrade pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --no-header --upgrade --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --universal --no-header --upgrade --extra analysis -c requirements.txt -c requirements-dev.txt pyproject.toml -o requirements-analysis.txt

clean: ## Remove what make made
	rm -rf $(VENV) infra/local/firebase/node_modules out logs
