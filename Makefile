PYTHON ?= python3
BIN := .venv/bin

.PHONY: install develop demo run test test-long check texts bench clean

install: .venv/installed

develop: .venv/developing

.venv/installed: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Nihito needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

.venv/developing: .venv/installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

demo: install
	$(BIN)/python -m bot demo

run: install
	$(BIN)/python -m bot run

test: develop
	$(BIN)/python -m pytest -n 2 --dist worksteal -q -m "not long"

# Browsers, kills and simulated weeks; then the property tests, with examples drawn at random.
test-long: develop
	$(BIN)/python -m pytest -n 2 --dist worksteal -q -m long
	$(BIN)/python -m pytest -n 2 --dist worksteal -q -m "hypothesis and not long" --hypothesis-profile random

check: develop
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.checks.shape
	$(BIN)/python -m tests.checks.folders
	$(BIN)/python -m tests.checks.names
	$(BIN)/python -m tests.checks.documents
	$(BIN)/python -m tests.checks.migrations

texts: develop
	$(BIN)/python -m tests.checks.page_of_texts
	$(BIN)/python -m tests.checks.table_of_messages

bench: develop
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
