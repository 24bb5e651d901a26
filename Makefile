# `make help` lists the targets.
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
COMPILE := $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --no-annotate
CODE := components stacks sample_app tests benchmarks

.PHONY: help setup plan test test-real check format schema bench run run-split lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements/dev.txt requirements/app.txt requirements/lambda.txt requirements/library.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements/dev.txt -e .
	@touch $@

setup: $(READY) ## Make .venv, with the fastapi-on-aws command in it

plan: $(READY) ## Print what the dev stack would create (no AWS account needed)
	@$(BIN)/fastapi-on-aws plan --stack dev

test: $(READY) ## Run the tests that need Python alone
	$(BIN)/python -m pytest -n auto --dist loadfile

test-real: $(READY) ## Build the real tools once, then run the tests that need them
	$(BIN)/python -m tests.engine.toolchain
	$(BIN)/python -m tests.proxy
	$(BIN)/python -m tests.lambda_runtime
	$(BIN)/python -m tests.kubernetes_api
	$(BIN)/python -m pytest -m real_tools

check: $(READY) ## Check format, lint, types and layers
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	PYTHONPATH=stacks $(BIN)/lint-imports --no-logo

format: $(READY) ## Format the code
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

schema: $(READY) ## Write anew what is made from the code: the stack files' schema and reference, the HTTP contract
	cd stacks && ../$(BIN)/python -m stack_settings.schema > stack.schema.json
	cd stacks && ../$(BIN)/python -m stack_settings.reference > ../docs/stack-file.md
	$(BIN)/python -m tests.contract.document > docs/http-contract.md

bench: $(READY) ## Measure: import, time, memory and size against hand-written Pulumi, growth, the sample app under load and on Lambda
	$(BIN)/python -m benchmarks

run: $(READY) ## Serve the sample app on http://127.0.0.1:8000 (make run PORT=8010)
	LOG_FORMAT=console PORT=$(PORT) $(BIN)/python -m sample_app.entrypoints.serve

run-split: $(READY) ## Serve it as three processes behind a load balancer's prefixes (needs HAProxy)
	PORT=$(PORT) $(BIN)/python -m tests.proxy.split

lock: $(READY) ## Pin the dependencies anew, after a change of pyproject.toml or requirements/*.in
	$(COMPILE) -o requirements/library.txt pyproject.toml
	$(COMPILE) -c requirements/library.txt -o requirements/app.txt requirements/app.in
	$(COMPILE) -c requirements/library.txt -o requirements/otel.txt requirements/otel.in
	$(COMPILE) -c requirements/app.txt -o requirements/lambda.txt requirements/lambda.in
	$(COMPILE) -o requirements/dev.txt requirements/dev.in

clean: ## Remove what the targets made
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
