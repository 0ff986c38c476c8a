# Everything a person or CI starts here. `make` alone prints this list.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
GATEWAY := scripts/local/gateway
RUNTIME := $(VENV)/.installed-runtime
DEVELOPMENT := $(VENV)/.installed-development
PACKAGES := $(GATEWAY)/node_modules/.installed
# Formats and checks JavaScript.
BIOME := scripts/linting/node_modules/.bin/biome
LINTER := scripts/linting/node_modules/.installed
BUNDLER := scripts/bundling/node_modules/.installed
# Says in one sentence what a package manager says in many where there is no network.
INSTALL := scripts/install.sh
# What is applied to a database, or says what was.
SQL := supabase/migrations/*.sql supabase/legacy/*.sql supabase/policies/*.sql supabase/schemas/functions/*.sql
# Node packages that only the tests and the tools for flows need.
TEST_PACKAGES := scripts/drawing/node_modules/.installed tests/browser/node_modules/.installed tests/cli/node_modules/.installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# One thing at a time: two pips in one folder get in each other's way.
.NOTPARALLEL:
.PHONY: help install bundle run test lint format bench eval soak reset flow migrate migration schema retention check-policies lock

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(DEVELOPMENT) $(PACKAGES) bundle ## install what is missing, for running and for working on it

# Whether anything is to be done is decided by the content of the sources, not by times.
bundle: $(RUNTIME) $(BUNDLER) ## make the files that browsers get, where their sources have changed
	@$(BIN)/python -m scripts.bundle

run: $(RUNTIME) $(PACKAGES) bundle ## local Supabase and the app, until Ctrl-C
	@exec $(BIN)/python -m scripts.run

test: $(DEVELOPMENT) $(PACKAGES) $(TEST_PACKAGES) bundle ## every test; `make test ARGS="tests/db -x"` for some
	@scripts/system_packages.sh
	@# Hundreds of servers and workers are started: what one has compiled the others need not.
	@exec env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n auto $(ARGS)

soak: $(DEVELOPMENT) $(PACKAGES) bundle ## the long forms: 10,000 turns under kills, every fault, fuzzing, walks in Firefox and WebKit
	@scripts/system_packages.sh
	@MUNUI_SOAK=1 MUNUI_FUZZ_EXAMPLES=100 exec $(BIN)/python -m pytest --hypothesis-profile=explore \
	  tests/unit/test_fuzz_bodies.py tests/unit/test_fuzz_edges.py tests/db/test_policy_matrix.py tests/db/test_forging.py tests/web/test_attacks.py \
	  tests/web/test_slow_clients.py tests/web/test_crash.py tests/web/test_api_outage.py tests/web/test_faults.py \
	  tests/web/test_fuzz.py tests/web/test_load.py tests/web/test_export.py tests/web/test_removal.py \
	  tests/web/test_costs.py tests/browser/engines $(ARGS)

bench: $(DEVELOPMENT) $(PACKAGES) bundle ## measure beside its peers; `make bench ARGS=--quick` only sees that it runs
	@exec $(BIN)/python -m scripts.bench $(ARGS)

eval: $(DEVELOPMENT) $(PACKAGES) ## ask the set of questions of the articles; writes docs/answers.md
	@exec $(BIN)/python -m scripts.eval $(ARGS)

lint: $(DEVELOPMENT) $(LINTER) ## style of Python and JavaScript, types, import rules, SQL, dependencies, secrets
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIOME) ci --error-on-warnings
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/squawk $(SQL)
	$(BIN)/python -m scripts.lint_sql $(SQL)
	$(BIN)/python -m pip check
	$(BIN)/python -m scripts.dependency_check
	$(BIN)/python -m scripts.secret_check

format: $(DEVELOPMENT) $(LINTER) ## lay out the code, mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIOME) check --write

flow: $(RUNTIME) ## check the dialogue after an edit; `make flow ARGS=show` draws it
	@exec $(BIN)/python -m scripts.flow $(or $(ARGS),check)

migrate: $(RUNTIME) ## apply migrations to SUPABASE_DB_URL
	@exec $(BIN)/python -m scripts.migrate $(ARGS)

migration: $(RUNTIME) $(PACKAGES) ## begin one with the functions and policies that were changed; `make migration NAME=what_it_does`
	@exec $(BIN)/python -m scripts.schema migration "$(NAME)"

schema: $(RUNTIME) $(PACKAGES) ## renew supabase/schemas/schema.sql from the migrations
	@exec $(BIN)/python -m scripts.schema write

retention: $(RUNTIME) ## delete old inquiries and empty accounts of guests; `make retention ARGS="--older-than 365d --apply"`
	@exec $(BIN)/python -m scripts.retention $(ARGS)

check-policies: $(RUNTIME) $(PACKAGES) ## do migrations, policy files and function files say the same?
	@exec $(BIN)/python -m scripts.policy_check

reset: ## wipe .local (the local database and keys) and nothing else
	@exec $(PYTHON) scripts/reset.py

lock: $(DEVELOPMENT) ## resolve requirements*.lock anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" --extra scripts -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command "make lock" --extra scripts --extra dev \
	  -c requirements.lock -o requirements-dev.lock pyproject.toml

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: install it, or name it with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv is missing: install the package python3-venv." >&2; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock | $(BIN)/python
	@echo "Installing Python packages …"
	@$(INSTALL) $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@

$(DEVELOPMENT): requirements-dev.lock $(RUNTIME)
	@echo "Installing the tools for tests and checks …"
	@$(INSTALL) $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@

%/node_modules/.installed: %/package-lock.json %/package.json %/.npmrc
	@command -v node >/dev/null && command -v npm >/dev/null || \
	  { echo "Node.js with npm is missing: install version 20 or newer." >&2; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || \
	  { echo "Node.js $$(node --version) is too old: install version 20 or newer." >&2; exit 1; }
	@echo "Installing the Node packages of $* …"
	@cd $* && "$(CURDIR)/$(INSTALL)" npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@
