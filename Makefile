# Begin with `make serve` or `make test`. Each installs what is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVE ?=
CONFORM ?=
SELFTEST ?=
BENCH ?=
DIST ?= dist

# The tests start hundreds of processes, which share the compiled modules.
export PYTHONDONTWRITEBYTECODE :=

# Modules are compiled when they are first imported: most never are.
PIP := PIP_CONSTRAINT=$(CURDIR)/constraints.txt PIP_BUILD_CONSTRAINT=$(CURDIR)/constraints.txt \
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --no-compile

SPECTRAL := npm exec --yes --package=@stoplight/spectral-cli@6.16.3 -- spectral
REDOCLY := REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true npm exec --yes --package=@redocly/cli@2.77.0 -- redocly

.PHONY: help serve test test-more conform selftest soak bench bench-peers docs screenshots lint format lint-openapi cut release clean
.DEFAULT_GOAL := help

help: ## list all targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16
	@echo
	@echo 'scenarios:  ' $(notdir $(basename $(wildcard fixtures/scenarios/*.yaml)))
	@echo 'behaviours: ' $(notdir $(basename $(wildcard fixtures/behaviours/*.yaml)))
	@echo 'tokens:     ' $$(sed -n 's/^  \(demo[a-z-]*\):.*/\1/p' fixtures/accounts.yaml)
	@echo 'faults:     ' $$(sed -n 's/^    name: ClassVar.str. = "\(.*\)"$$/\1/p' mock_server/faults/*.py)
	@echo 'rules:      ' $$(sed -n 's/^  - id: //p' openapi/rules.yaml)

serve: $(VENV)/.base ## run the mock on 127.0.0.1:8010 (SERVE="--port 0" for other flags)
	@$(BIN)/aiimage-mock serve $(SERVE)

MORE := browser or delivery or slow

test: $(VENV)/.dev ## run the tests
	@$(BIN)/pytest -n auto -q -m "not ($(MORE))" --ignore=tests/browser --ignore=examples

test-more: $(VENV)/.dev ## run the slow tests, the browser tests (with Chromium), and those of installing and of generated clients
	@$(BIN)/pytest -n auto -q -m "$(MORE)"

conform: $(VENV)/.dev ## run the suite against the running mock (CONFORM="--profile quick" for other flags)
	@$(BIN)/aiimage-conform run --target fixtures/targets/mock.yaml $(CONFORM)

selftest: $(VENV)/.dev ## run the suite against wrong servers (SELFTEST="--mode control" for other flags)
	@$(BIN)/aiimage-conform selftest $(SELFTEST)

soak: $(VENV)/.dev ## run long tests: 10,000 histories, memory over a million requests, delays by hostile clients, the page under load
	HISTORIES=10000 $(BIN)/pytest -n auto -q tests/histories
	$(BIN)/python tests/soak/memory.py
	$(BIN)/python tests/soak/hostile.py
	$(BIN)/python tests/soak/page.py

bench: $(VENV)/.dev ## compare the speed of the mock with simpler programs (BENCH="--rounds 1" for other flags)
	@$(BIN)/python -m benchmarks ours $(BENCH)

bench-peers: $(VENV)/.dev ## compare the mock with other mock servers, which npm installs
	@$(BIN)/python -m benchmarks peers $(BENCH)

docs: $(VENV)/.dev ## write the tables of docs/differences.md from the rules
	@$(BIN)/python -m docs.tables

screenshots: $(VENV)/.dev ## take the pictures of the page in docs/images (needs Chromium)
	@$(BIN)/python tests/browser/screenshots.py

SCHEMA := $(BIN)/check-jsonschema --quiet --builtin-schema

lint: $(VENV)/.dev ## check style and types, Dockerfile, actions and example pipelines
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile
	if [ -x $(BIN)/shellcheck ]; then $(BIN)/shellcheck examples/curl_client/generate.sh tests/clients/curl.sh; fi
	$(SCHEMA) vendor.compose-spec compose.yaml
	$(SCHEMA) vendor.github-actions action.yml conform/action.yml
	$(SCHEMA) vendor.github-workflows examples/ci/github-actions.yml examples/ci/drift-github-actions.yml
	$(SCHEMA) vendor.gitlab-ci --data-transform gitlab-ci examples/ci/gitlab-ci.yml

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

DOCUMENTS := openapi/openapi.yaml openapi/control.yaml

lint-openapi: ## check the OpenAPI documents with public linters (needs npm)
	$(SPECTRAL) lint $(DOCUMENTS) --fail-severity=hint --display-only-failures
	report=$$($(REDOCLY) lint $(DOCUMENTS) --format=json) && ! echo "$$report" | grep '"warnings": [1-9]'

EPOCH := SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct)

cut: $(VENV)/.dev ## make the section Unreleased of CHANGELOG.md that of a version (VERSION=1.2.0)
	@$(BIN)/python -m docs.releasing cut "$(VERSION)"

# W002: the suite and the mock share no code. W010: aiimage_mock has the contract and the fixtures, and no modules.
release: $(VENV)/.dev ## build what is released in dist/: sdist, wheel, SBOM, notes, and the build arguments of the image
	@test -z "$$(git status --porcelain)" || { echo 'Commit all changes first: a release is built from a commit.'; exit 1; }
	rm -rf $(DIST) && mkdir -p $(DIST)
	$(EPOCH) $(BIN)/python -m docs.releasing write $(DIST) $$(git rev-parse HEAD)
	$(EPOCH) $(BIN)/python -m build --no-isolation --outdir $(DIST) .
	$(BIN)/uvx twine@7.0.0 check --strict $(DIST)/*.whl $(DIST)/*.tar.gz
	$(BIN)/uvx check-wheel-contents@0.6.3 --ignore W002,W010 --toplevel mock_server,contract_tests,aiimage_mock $(DIST)/*.whl
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(DIST)/.env
	$(BIN)/uv pip install --quiet --python $(DIST)/.env/bin/python $(DIST)/*.whl
	rm $(DIST)/.env/lib/python*/site-packages/aiimage_mock-*/direct_url.json # the path of the wheel on this machine
	$(BIN)/uvx --from cyclonedx-bom==7.5.0 cyclonedx-py environment --output-reproducible --output-file $(DIST)/sbom.cdx.json \
		$(DIST)/.env/bin/python
	rm -rf $(DIST)/.env

clean: ## remove the environment and the files that the tests leave
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis conformance build dist \
		benchmarks/.peers examples/generated_clients/node_modules examples/testcontainers/node/node_modules tests/clients/node_modules

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is required: make PYTHON=python3.11 ...")'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.base: pyproject.toml constraints.txt | $(BIN)/python
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the packages for tests and checks ..."
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.base
