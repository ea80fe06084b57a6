# The developer's commands; bare `make` lists them.

.DEFAULT_GOAL := help
SHELL := bash
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
INSTALLED := .venv/installed
CONSOLE_INSTALLED := console/node_modules/installed
SCANNERS := .tools/scanners
SCANNERS_INSTALLED := $(SCANNERS)/installed
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.13 \
	--generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links

# Makes .venv with PYTHON= if it is given, else with the first Python 3.13 that is found. A pyenv
# shim can exist and not run, so each candidate is asked; it answers with the interpreter beneath
# any virtual environment. `uv python find` without --system would find our own .venv.
define make_venv
set -euo pipefail
candidates() {
	if [ -n "$(PYTHON)" ]; then echo "$(PYTHON)"; return; fi
	echo python3.13
	uv python find --system 3.13 || true
	ls "$$(pyenv root)"/versions/3.13*/bin/python3.13 || true
}
question='import sys; sys.exit(sys.version_info[:2] != (3, 13) or print(sys._base_executable))'
while read -r candidate; do
	if python="$$("$$candidate" -c "$$question" 2>/dev/null)"; then break; fi
done < <(candidates 2>/dev/null)
if [ -z "$${python:-}" ]; then
	echo "Python 3.13 is missing$(if $(PYTHON), ($(PYTHON) is not one)): get it with" \
		"\`uv python install 3.13\` or \`pyenv install 3.13\`," \
		"or name one: make PYTHON=/path/to/python3.13" >&2
	exit 1
fi
if [ -L .venv ]; then
	echo ".venv is a link, and what it leads to is not ours to clear: remove the link" >&2
	exit 1
fi
echo "Making .venv with $$python"
"$$python" -m venv --clear .venv
if command -v uv >/dev/null; then
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
else
	$(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check \
		--require-hashes -r requirements-dev.txt
fi
touch $(INSTALLED)
endef
export make_venv

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(INSTALLED) ## Make .venv with everything that the other commands need
	@echo ".venv is ready"

$(INSTALLED): requirements-dev.txt
	@bash -c "$$make_venv"

# Checkov pins an old boto3, so the scanners live apart. Of the same Python as .venv.
$(SCANNERS_INSTALLED): scanners/requirements.txt $(INSTALLED)
	@echo "Making $(SCANNERS)"
	@$(BIN)/python -m venv --clear $(SCANNERS)
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --python $(SCANNERS)/bin/python --require-hashes -r $<; \
	else \
		$(SCANNERS)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<; \
	fi
	@touch $@

.PHONY: run
run: $(INSTALLED) ## Deploy to an embedded AWS, replay events/, serve the API (EVENTS=folder PORT=8080)
	@exec $(BIN)/python -m local.run

.PHONY: redrive
redrive: $(INSTALLED) ## Send the dead letters of a deployed stack back (STACK=name)
	@$(BIN)/python -m operations.redrive

.PHONY: check-account
check-account: $(INSTALLED) ## Look, without changing anything, at the account to deploy to (STACK=name)
	@$(BIN)/python -m operations.check_account

.PHONY: emit
emit: $(INSTALLED) ## Put a sample change on a test bus, to try a rule with (BUS=name)
	@$(BIN)/python -m operations.emit --bus "$(BUS)"

.PHONY: costs
costs: $(INSTALLED) ## Compute what the service costs a month, by the size of a fleet
	@$(BIN)/python -m operations.costs

.PHONY: test
test: $(INSTALLED) $(if $(shell command -v npm),$(CONSOLE_INSTALLED)) ## Run all tests
	@$(BIN)/python -m tests.support.dynamodb_local
	$(BIN)/pytest

.PHONY: test-fast
test-fast: $(INSTALLED) ## Run the tests that need no other process
	@$(BIN)/pytest tests/unit tests/contract -m fast

.PHONY: torture
torture: $(INSTALLED) ## Ask a made-up world questions, and judge the answers by the truth (SEED= QUESTIONS= STEPS=)
	@PYTHONPATH=src $(BIN)/python -m tests.proof.torture --seed $(or $(SEED),0) \
		--questions $(or $(QUESTIONS),1000000) --steps $(or $(STEPS),150)

.PHONY: mutants
mutants: $(INSTALLED) ## Put small faults into src/core, and count those that the tests notice (MODULES= EVERY=)
	@PYTHONPATH=src $(BIN)/python -m tests.proof.mutants $(MODULES) --every $(or $(EVERY),1)

.PHONY: verify-history
verify-history: $(INSTALLED) ## Check an exported table for what cannot be true (EXPORT=folder or file)
	@PYTHONPATH=src $(BIN)/python -m operations.verify_history "$(EXPORT)"

.PHONY: openapi
openapi: $(INSTALLED) ## Make what the API serves of docs/openapi.yaml
	@$(BIN)/python -m operations.openapi

.PHONY: console
console: $(CONSOLE_INSTALLED) ## Build the console's page from console/src (Node.js)
	@cd console && npm run --silent build

$(CONSOLE_INSTALLED): console/package-lock.json
	@cd console && npm ci --silent
	@touch $@

.PHONY: console-demo
console-demo: $(INSTALLED) ## Show the console with a made-up estate (TASKS=10000 PORT=8090)
	@$(BIN)/python -m tests.console.demo --tasks $(or $(TASKS),0) --port $(or $(PORT),8090)

.PHONY: screenshots
screenshots: $(INSTALLED) ## Take the pictures of docs/console.md (Chromium)
	@$(BIN)/python -m tests.console.screenshots

.PHONY: lint
lint: $(INSTALLED) $(SCANNERS_INSTALLED) ## Check style and format, and scan templates, code and secrets
	@$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(SCANNERS)/bin/python scanners/scan.py

.PHONY: types
types: $(INSTALLED) ## Check types
	@$(BIN)/mypy

.PHONY: sbom
sbom: $(SCANNERS_INSTALLED) ## Write a bill of materials of what the functions contain (sbom.cdx.json)
	@$(SCANNERS)/bin/cyclonedx-py requirements --output-reproducible \
		--of JSON -o sbom.cdx.json src/requirements.txt
	@echo "sbom.cdx.json is written"

.PHONY: requirements
requirements: $(INSTALLED) ## Compile the locked requirements anew, with the newest versions
	@$(LOCK) src/requirements.in -o src/requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) examples/prometheus/requirements.in -o examples/prometheus/requirements.txt
	$(LOCK) scanners/requirements.in -o scanners/requirements.txt

.PHONY: clean
clean: ## Remove everything that make made
	rm -rf .venv .tools console/node_modules .aws-sam .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
