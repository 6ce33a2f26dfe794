# Two commands: `make reports` turns all contracts in params/ into pages, `make test` checks everything. Each makes the environment first if it has to.
# Python 3.11 or newer and a package index are all that is needed; another interpreter: make reports PYTHON=python3.13

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# Notebooks are stored without outputs, and without what papermill and the machine that ran them add.
STRIP  := $(BIN)/nbstripout --keep-id --extra-keys 'metadata.papermill cell.metadata.papermill metadata.language_info.version cell.metadata.execution'

.DEFAULT_GOAL := help
.PHONY: help reports test pages-check screenshots lint format lab lock clean torn proofs

help:
	@echo 'make reports   make the pages of all contracts in params/; the way in is outputs/index.html'
	@echo 'make test      run all tests'
	@echo 'make pages-check   look at every page in outputs/ in a browser, as readers do (make reports makes them)'
	@echo 'make screenshots   make the pictures in docs/ anew from a real page'
	@echo 'make torn      kill batches at a hundred moments and look for anything torn'
	@echo 'make proofs    attack a year of releases of every contract, to see that no hidden count can be worked out'
	@echo 'make lint      ruff, mypy, import-linter, nbstripout'
	@echo 'make lab       open the notebooks in JupyterLab'
	@echo 'make format    let ruff and nbstripout tidy the files'
	@echo 'make lock      write requirements.lock anew from pyproject.toml (UPGRADE=--upgrade for newer versions)'
	@echo 'make clean     remove the environment, the reports and all caches'

# The lock pins everything with hashes, the build tool of the package itself included, so nothing else is fetched.
# It is compiled on all cores, tests of libraries left out: a quarter of what pip takes to do it, and a fifth of a minute well spent even where Python
# may not write what it compiles (PYTHONDONTWRITEBYTECODE) and would compile 2,000 modules anew in every process.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("$(PYTHON) is Python %d.%d; acm-workbooks needs 3.11 or newer (make PYTHON=python3.13 ...)" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	-@$(BIN)/python -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib acmlib
	@touch $(STAMP)

reports: $(STAMP)
	$(BIN)/acm run --all

test: $(STAMP)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --nbval-lax

# `make test` looks at one page of each kind; this at every one. A page is opened once and looked at by one process: about six seconds a page.
pages-check: $(STAMP)
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup tests/pages/test_in_browser.py --outputs outputs

screenshots: $(STAMP)
	$(BIN)/python docs/screenshots.py

# Batches killed at a hundred seeded moments; every page, release and record is looked at after each. Two workspaces
# at a time: seven to eleven minutes on two cores.
torn: $(STAMP)
	TORN_MOMENTS=100 $(BIN)/python -m pytest tests/publish/test_torn.py

# A year of releases of every contract in all editions, attacked together; also with a corrected month and a changed threshold. And 340 invented ones.
proofs: $(STAMP)
	PROOF_MONTHS=12 $(BIN)/python -m pytest --numprocesses auto --dist load -rP tests/release/test_proofs.py tests/release/test_attack.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	find notebooks -name '*.ipynb' -not -path '*/.*' -exec $(STRIP) --verify {} +

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find notebooks -name '*.ipynb' -not -path '*/.*' -exec $(STRIP) {} +

lab: $(STAMP)
	$(BIN)/acm lab

# The lock holds every platform's wheels and no index address: whoever installs from it uses the index of their own configuration.
lock: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --no-config --quiet $(UPGRADE) --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf outputs/*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
