# The commands of this project. `make run` and `make test` need nothing but Debian, Python 3.11+ and make.
#   make run PORT=8001        any setting of docs/settings.md can be given like this

BIN := .venv/bin
MARK := .venv/installed
ASSETS := $(shell find web/assets -type f) package.json
ENGLISH := web/translations/en/LC_MESSAGES/messages
BABEL := $(BIN)/python -m babel.messages.frontend --quiet

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run setup test check nightly bench format translations system-packages test-system-packages

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup  ## set up whatever is missing, then serve on http://127.0.0.1:8000 (Ctrl-C ends it)
	@exec scripts/serve.sh

setup: system-packages $(MARK)-runtime web/static/dist/manifest.json $(ENGLISH).mo  ## set up without serving

test: setup test-system-packages $(MARK)-dev  ## install what the tests need and run them all
	$(BIN)/python -m pytest -n auto

check: setup test-system-packages $(MARK)-dev  ## format, lint, types, import contracts, then the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -n auto

nightly: setup test-system-packages $(MARK)-dev  ## the long walks: random acts and properties, then a year of 5,000 cases (CASES=…)
	$(BIN)/python -m pytest -n auto --hypothesis-profile=nightly $$(grep -l '^from hypothesis' tests/test_*.py)
	$(BIN)/python -m tests.simulate $(or $(CASES),5000) --edges 0.02

bench: setup test-system-packages $(MARK)-dev  ## measure, print a table, write bench/results.json; QUICK=1 for a tenth of it
	QUICK=$(QUICK) $(BIN)/python -u -m bench.permits
	QUICK=$(QUICK) $(BIN)/python -u -m bench.timers

format: $(MARK)-dev  ## write the house format and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

translations: $(MARK)-dev  ## bring the English catalogue up to the sentences of the code; then fill in what is new
	@mkdir -p var
	$(BABEL) extract -F babel.cfg -k N_ -k _ -k ngettext:1,2 --no-location -o var/messages.pot .
	$(BABEL) update -i var/messages.pot -d web/translations -l en --no-fuzzy-matching --ignore-obsolete \
	  --ignore-pot-creation-date --no-wrap
	$(MAKE) $(ENGLISH).mo

# --- what has to be there; each mark is renewed only when the file that names the versions changes

system-packages:
	@scripts/system_packages.sh run

test-system-packages:
	@scripts/system_packages.sh test

$(BIN)/pip: | system-packages
	python3 -m venv .venv

$(MARK)-runtime: requirements.txt | $(BIN)/pip
	@scripts/python_packages.sh requirements.txt
	@touch $@

$(MARK)-dev: requirements-dev.txt requirements.txt | $(BIN)/pip
	@scripts/python_packages.sh requirements-dev.txt
	@touch $@

node_modules/installed: package-lock.json requirements-node.txt scripts/npm.sh | $(BIN)/pip
	@scripts/npm.sh ci --ignore-scripts --no-audit --no-fund || { echo "The browser libraries could not be installed;" \
	  "npm needs the registry its settings name. Then try again:  make setup" >&2; exit 1; }
	@touch $@

web/static/dist/manifest.json: node_modules/installed $(ASSETS)
	scripts/npm.sh run --silent build

$(ENGLISH).mo: $(ENGLISH).po | $(MARK)-runtime
	$(BABEL) compile -i $< -o $@
