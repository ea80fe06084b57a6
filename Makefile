# The developer's commands; bare `make` lists them.

.DEFAULT_GOAL := help
SHELL := bash
MAKEFLAGS += --no-print-directory

# Where this is set, each of the many processes that the tests start compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
INSTALLED := .venv/installed
CONSOLE_INSTALLED := console/node_modules/installed
SCANNERS := .tools/scanners
SCANNERS_INSTALLED := $(SCANNERS)/installed
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links --python-version

# Tests that share an expensive fixture, such as a deployed stack, run in the same process.
SIDE_BY_SIDE := --numprocesses 2
# Many tests wait for servers: a third process uses what two processors have left.
ALL_SIDE_BY_SIDE := --numprocesses 3

# `ecs-ip` must also work on this Python. Only its tests need the second environment.
OLD := 3.11
CLI_OLD := .tools/cli-$(OLD)

# Finds a Python of a version: the named one, else the first that is found. A pyenv shim can exist and
# not run, so each candidate is run; it prints the interpreter beneath any virtual environment.
# `uv python find` without --system would find our own .venv.
define find_python
set -euo pipefail
candidates() {
	if [ -n "$${2:-}" ]; then echo "$$2"; return; fi
	echo "python$$1"
	uv python find --system "$$1" || true
	ls "$$(pyenv root)"/versions/"$$1"*/bin/"python$$1" || true
}
question='import sys; sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1] or print(sys._base_executable))'
find_python() {
	local candidate
	while read -r candidate; do
		if "$$candidate" -c "$$question" "$$1" 2>/dev/null; then return; fi
	done < <(candidates "$$@" 2>/dev/null)
}
endef
export find_python

# Makes .venv with PYTHON= if given, else with the first Python 3.13 that is found.
define make_venv
python="$$(find_python 3.13 $(PYTHON))"
if [ -z "$$python" ] && [ -z "$(PYTHON)" ] && command -v uv >/dev/null; then
	echo "Python 3.13 is missing: asking uv to fetch it"
	if uv python install 3.13; then python="$$(uv python find --system 3.13 || true)"; fi
fi
if [ -z "$$python" ]; then
	echo "Python 3.13 is missing$(if $(PYTHON), ($(PYTHON) is not one)): get it with" \
		"\`uv python install 3.13\` or \`pyenv install 3.13\`," \
		"or name one: make PYTHON=/path/to/python3.13" >&2
	exit 1
fi
if [ -L .venv ]; then
	echo ".venv is a link, and what it leads to is not ours to clear: remove the link" >&2
	exit 1
fi
# Shows how long an installation takes and how many packages are installed; its output only if it
# fails.
with_progress() {
	local all installed begun=$$SECONDS said=0
	all="$$(grep -c '^[a-zA-Z0-9].*==' requirements-dev.txt)"
	log="$$(mktemp)"
	trap 'kill "$${installing:-}" 2>/dev/null || true; rm -f "$$log"' EXIT
	"$$@" >"$$log" 2>&1 &
	installing=$$!
	while kill -0 "$$installing" 2>/dev/null; do
		installed="$$(ls -d .venv/lib/python3.13/site-packages/*.dist-info 2>/dev/null | wc -l)"
		if [ -t 1 ]; then
			printf '\rInstalling what is needed (about a minute): %s of %s packages, %s s ' \
				"$$installed" "$$all" $$((SECONDS - begun))
		elif [ $$((SECONDS - begun)) -ge "$$said" ]; then
			echo "Installing what is needed (about a minute): $$((SECONDS - begun)) s"
			said=$$((SECONDS - begun + 10))
		fi
		sleep 0.5
	done
	if [ -t 1 ]; then printf '\r\033[K'; fi
	if ! wait "$$installing"; then cat "$$log" >&2; exit 1; fi
	trap - EXIT
	rm -f "$$log"
	echo "Installed what is needed in $$((SECONDS - begun)) s"
}
echo "Making .venv with $$python"
"$$python" -m venv --clear .venv
if command -v uv >/dev/null; then
	with_progress uv pip install --python $(BIN)/python --require-hashes -r requirements-dev.txt
else
	with_progress $(BIN)/python -m pip install --no-compile --disable-pip-version-check \
		--require-hashes -r requirements-dev.txt
fi
# `ecs-ip` of the checkout that contains .venv, even if .venv is a link.
echo 'import os, sys; sys.path.append(os.path.join(os.path.dirname(sys.prefix), "cli", "src"))' \
	>.venv/lib/python3.13/site-packages/ecs_ip.pth
printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m ecs_ip "$$@"\n' >$(BIN)/ecs-ip
chmod +x $(BIN)/ecs-ip
touch $(INSTALLED)
endef
export make_venv

# Makes the environment for testing the command line on its oldest Python.
define make_cli_venv
python="$$(find_python $(OLD))"
if [ -z "$$python" ]; then
	echo "Python $(OLD) is missing: ecs-ip is tested on 3.13 alone" \
		"(\`uv python install $(OLD)\` or \`pyenv install $(OLD)\` gets it)" >&2
	if [ "$${CI:-}" = true ]; then exit 1; fi
	exit 0
fi
echo "Making $(CLI_OLD) with $$python"
"$$python" -m venv --clear $(CLI_OLD)
$(BIN)/uv pip install --quiet --python $(CLI_OLD)/bin/python --require-hashes \
	-r cli/requirements-test.txt
touch $(CLI_OLD)/installed
endef
export make_cli_venv

# Runs the tests of ecs-ip on both Pythons at once, and prints the output of the older one at the end.
define test_cli
set -uo pipefail
set -m # else what runs in the background ignores Ctrl-C, which tests send
cd cli
if [ -e $(CURDIR)/$(CLI_OLD)/installed ]; then
	log="$$(mktemp)"
	trap 'kill "$$older" 2>/dev/null; rm -f "$$log"' EXIT
	$(CURDIR)/$(CLI_OLD)/bin/python -m pytest -o cache_dir=.pytest_cache/$(OLD) >"$$log" 2>&1 &
	older=$$!
fi
$(CURDIR)/$(BIN)/python -m pytest
status=$$?
if [ -n "$${older:-}" ]; then
	wait "$$older" || status=$$?
	cat "$$log"
fi
exit "$$status"
endef
export test_cli

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(INSTALLED) ## Make .venv with everything that the other commands need
	@echo ".venv is ready"

$(INSTALLED): requirements-dev.txt
	@bash -c "$$find_python"$$'\n'"$$make_venv"

# If that Python is missing, nothing is made, and the next run looks again.
$(CLI_OLD)/installed: cli/requirements-test.txt $(INSTALLED)
	@bash -c "$$find_python"$$'\n'"$$make_cli_venv"

# Checkov pins an old boto3, so the scanners have their own environment, with the Python of .venv.
$(SCANNERS_INSTALLED): scanners/requirements.txt $(INSTALLED)
	@echo "Making $(SCANNERS)"
	@$(BIN)/python -m venv --clear $(SCANNERS)
	@$(BIN)/uv pip install --quiet --python $(SCANNERS)/bin/python --require-hashes -r $<
	@touch $@

.PHONY: run
run: $(INSTALLED) ## Run it on a simulated ECS, without an AWS account (EVENTS=folder PORT=8080)
	@exec $(BIN)/python -m local

.PHONY: check-account
check-account: $(INSTALLED) ## Inspect the account to deploy to, without changing anything (STACK=name)
	@$(BIN)/python -m operations.check_account

.PHONY: emit
emit: $(INSTALLED) ## Put a sample change on a test bus, to try a rule (BUS=name)
	@$(BIN)/python -m operations.emit --bus "$(BUS)"

.PHONY: costs
costs: $(INSTALLED) ## Compute the monthly cost, by the size of a fleet
	@$(BIN)/python -m operations.costs

.PHONY: test
test: $(INSTALLED) test-cli $(if $(shell command -v npm),$(CONSOLE_INSTALLED)) ## Run all tests
	@$(BIN)/python -m tests.support.dynamodb_local
	$(BIN)/pytest $(ALL_SIDE_BY_SIDE)

.PHONY: test-cli
test-cli: $(INSTALLED) $(CLI_OLD)/installed ## Run the tests of ecs-ip, on Python 3.13 and 3.11
	@bash -c "$$test_cli"

.PHONY: test-fast
test-fast: $(INSTALLED) ## Run the tests that need no other process
	@$(BIN)/pytest tests/unit tests/contract tests/budget -m fast $(SIDE_BY_SIDE)

.PHONY: bench
bench: $(INSTALLED) .tools/bench/installed ## Measure all figures of docs/performance.md again, in a quarter of an hour (ROUNDS=)
	@$(BIN)/python -m tests.support.dynamodb_local
	PYTHONPATH=src $(BIN)/python -W ignore -m benchmarks $(if $(ROUNDS),--rounds $(ROUNDS)) $(ONLY:%=--only %)

.tools/bench/installed: benchmarks/requirements.txt $(INSTALLED)
	@mkdir -p .tools
	$(BIN)/python -m venv --clear .tools/bench
	.tools/bench/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r benchmarks/requirements.txt
	touch $@

.PHONY: torture
torture: $(INSTALLED) ## Ask a simulated world questions, and check the answers against its truth (SEED= QUESTIONS= STEPS=)
	@PYTHONPATH=src $(BIN)/python -m tests.proof.torture --seed $(or $(SEED),0) \
		--questions $(or $(QUESTIONS),1000000) --steps $(or $(STEPS),150)

.PHONY: mutants
mutants: $(INSTALLED) ## Put small faults into src/core, and count those that the tests notice (MODULES= EVERY=)
	@PYTHONPATH=src $(BIN)/python -m tests.proof.mutants $(MODULES) --every $(or $(EVERY),1)

.PHONY: verify-history
verify-history: $(INSTALLED) ## Check an exported table for what cannot be true (EXPORT=folder or file)
	@PYTHONPATH=src $(BIN)/python -m operations.verify_history "$(EXPORT)"

.PHONY: openapi
openapi: $(INSTALLED) ## Generate the record in docs/openapi.yaml, and the document that the API serves
	@$(BIN)/python -m operations.openapi

.PHONY: event-docs
event-docs: $(INSTALLED) ## Generate the examples and bundled schemas in docs/events
	@PYTHONPATH=src $(BIN)/python -m tests.support.event_documents

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
	cd cli && $(CURDIR)/$(BIN)/mypy
	cd cli && $(CURDIR)/$(BIN)/mypy --python-version 3.13

.PHONY: sbom
sbom: $(SCANNERS_INSTALLED) ## Write a bill of materials of the functions (sbom.cdx.json)
	@$(SCANNERS)/bin/cyclonedx-py requirements --output-reproducible \
		--of JSON -o sbom.cdx.json src/requirements.txt
	@echo "sbom.cdx.json is written"

.PHONY: requirements
requirements: $(INSTALLED) ## Compile the locked requirements again, with the newest versions
	@$(LOCK) 3.13 src/requirements.in -o src/requirements.txt
	$(LOCK) 3.13 requirements-dev.in -o requirements-dev.txt
	$(LOCK) 3.13 examples/prometheus/requirements.in -o examples/prometheus/requirements.txt
	$(LOCK) $(OLD) --extra test cli/pyproject.toml -o cli/requirements-test.txt
	$(LOCK) 3.13 scanners/requirements.in -o scanners/requirements.txt
	$(LOCK) 3.13 benchmarks/requirements.in -o benchmarks/requirements.txt

.PHONY: clean
clean: ## Remove build output
	rm -rf .venv .tools console/node_modules .aws-sam .hypothesis .mypy_cache .pytest_cache .ruff_cache
	rm -rf cli/.hypothesis cli/.mypy_cache cli/.pytest_cache cli/.ruff_cache
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
