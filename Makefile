# Needs make and a Python 3.11 or newer, nothing else. `make` says what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup desk demo docs test lint format bench faults release-check lock clean

help:
	@echo "make setup   a virtual environment in $(VENV), exactly as requirements.lock says"
	@echo "make desk    build the browser part of the desk (setup does it where it can)"
	@echo "make demo    read the bundled reports, say who holds what, write demo-out/demo.html; on a terminal open the desk"
	@echo "make docs    the documentation as pages, in site/"
	@echo "make test    ruff, mypy, pytest"
	@echo "make lint    ruff and mypy only"
	@echo "make format  write the code the way ruff format does"
	@echo "make bench   speed, memory and start-up of the reader"
	@echo "make faults  kill processes at work, KILLS=1000 times, and print what was lost"
	@echo "make release-check  licences, audit, sdist, wheel, a clean install, a bill of materials: dist/"
	@echo "make lock    resolve requirements.lock anew (after changing pyproject.toml)"

setup: desk

# The stamp makes a second run free; it is made anew when the lock or the project's metadata change.
$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --quiet --require-hashes --allow-empty-requirements requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# The browser part, with the Node.js of a Python package; without a network it says so and goes on.
desk: $(READY)
	@$(BIN)/python hatch_build.py

demo: setup
	@$(BIN)/riwaya demo --out demo-out

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "run: make format"; exit 1; }
	@$(BIN)/mypy

format: setup
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

test: lint
	@$(BIN)/python hatch_build.py check
	@$(BIN)/python -m pytest -n auto --dist worksteal

docs: setup
	@$(BIN)/mkdocs build --strict --quiet
	@echo "site/index.html"

bench: setup
	@$(BIN)/python -m bench

KILLS ?= 100
faults: setup
	@cd tests && ../$(BIN)/python faults.py $(KILLS)

release-check: setup
	@$(BIN)/python tools/release.py

lock:
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv; }
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet --upgrade \
		--output-file requirements.lock

clean:
	rm -rf $(VENV) src/riwaya/web/assets src/riwaya/web/desk/node_modules demo-out site dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
