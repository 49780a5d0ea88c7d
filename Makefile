# make demo · make test · make check · make bench · make cover · make mutants
# Everything lives in .venv and .demo; `rm -rf .venv .demo` undoes it all.
.PHONY: demo demo-reset test check bench faults cover mutants
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

demo: .venv/core.stamp            ## two practice LMSs with people in them, and this tool
	@$(BIN)/lti-mentor demo

demo-reset: .venv/core.stamp      ## forget what happened in the demo
	@$(BIN)/lti-mentor demo-reset

test: .venv/dev.stamp             ## make test ARGS="-k launch"
	$(BIN)/pytest $(ARGS)

check: .venv/dev.stamp            ## style, types, import order, templates, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint templates
	$(BIN)/codespell

bench: .venv/dev.stamp            ## measured on this machine, beside a bare page; build/bench.json
	@$(BIN)/python -m tests.benchmarks $(ARGS)

faults: .venv/dev.stamp           ## scores to failing gradebooks, by workers that are killed; SEED=n
	@$(BIN)/python -m tests.faults --seed $(or $(SEED),1) $(ARGS)

cover: .venv/dev.stamp            ## every branch of lms_clients, by its own tests alone
	$(BIN)/pytest -q tests/lms_clients --cov=lms_clients --cov-branch --cov-fail-under=100 --cov-report=term-missing

mutants: .venv/dev.stamp          ## half an hour: would a test notice? pagination, transport, errors of lms_clients
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,mutants]'
	@rm -rf build/mutants && mkdir -p build/mutants/tests
	@cp -r lms_clients pyproject.toml build/mutants
	@cp -r tests/conftest.py tests/lms_clients tests/recordings build/mutants/tests
	@cd build/mutants && ../../$(BIN)/mutmut run && ../../$(BIN)/mutmut results

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; try: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "python3-venv is missing; on Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/core.stamp: $(BIN)/pip pyproject.toml constraints.txt
	@echo "Installing lti-mentor into .venv ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/dev.stamp: $(BIN)/pip pyproject.toml constraints.txt
	@echo "Installing lti-mentor and its development tools into .venv ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ .venv/core.stamp
