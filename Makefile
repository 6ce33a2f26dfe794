# Two commands: `make reports` turns all contracts in params/ into pages, `make test` checks everything. Each makes the environment first if it has to.
# Python 3.11 or newer and a package index are all that is needed; another interpreter: make reports PYTHON=python3.13

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# What is installed: for pages, for JupyterLab too, or everything (tests, linters, clusters, object storage).
PAGES  := $(VENV)/.pages
LAB    := $(VENV)/.lab
ALL    := $(VENV)/.all
# Notebooks are stored without outputs, and without what papermill and the machine that ran them add.
STRIP  := $(BIN)/nbstripout --keep-id --extra-keys 'metadata.papermill cell.metadata.papermill metadata.language_info.version cell.metadata.execution'

# Modules and tests are compiled once, not by every process, also where the surroundings ask for nothing compiled.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help reports test pages-check screenshots lint format lab lock clean torn proofs audit bill sdist attacks attacks-inputs nightly docs twelve

help:
	@echo 'make reports   make the pages of all contracts in params/; the way in is outputs/index.html'
	@echo 'make lab       open the notebooks in JupyterLab'
	@echo 'make test      run all tests'
	@echo 'make pages-check   look at every page in outputs/ in a browser, as readers do (make reports makes them)'
	@echo 'make screenshots   make the pictures in docs/ anew from a real page'
	@echo 'make torn      kill batches at twenty moments and look for anything torn (MOMENTS=300 for more)'
	@echo 'make proofs    attack a year of releases of every contract, to see that no hidden count can be worked out'
	@echo 'make twelve    make twelve monthly editions of every contract and see that what is told stays told: five minutes'
	@echo 'make lint      ruff, mypy, import-linter, nbstripout'
	@echo 'make attacks   spoil every input file, plant evil cells and hostile texts (ATTACKS=50 for less)'
	@echo 'make nightly   all that takes long, at full length; writes docs/nightly.md'
	@echo 'make docs      make the documents in docs/ into pages: build/docs/index.html'
	@echo 'make audit     ask for known vulnerabilities of what pages need'
	@echo 'make bill      write what pages are made with: dist/*.cdx.json (CycloneDX) and docs/licences.md'
	@echo 'make sdist     write the source distribution and its bill of materials into dist/'
	@echo 'make format    let ruff and nbstripout tidy the files'
	@echo 'make lock      write the locks in requirements/ anew from pyproject.toml (UPGRADE=--upgrade for newer versions)'
	@echo 'make clean     remove the environment, the reports and all caches'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("$(PYTHON) is Python %d.%d; acm-workbooks needs 3.11 or newer (make PYTHON=python3.13 ...)" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)

# Locks pin everything with hashes, the build tool of the package itself included, so nothing else is fetched.
$(PAGES): requirements/pages.lock pyproject.toml | $(BIN)/python
	requirements/install $(VENV) $<
	@touch $@

$(LAB): requirements/lab.lock pyproject.toml | $(BIN)/python
	requirements/install $(VENV) $<
	@touch $@ $(PAGES)

$(ALL): requirements/all.lock pyproject.toml | $(BIN)/python
	requirements/install $(VENV) $<
	@touch $@ $(LAB) $(PAGES)

reports: $(PAGES)
	$(BIN)/acm run --all

test: $(ALL)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --nbval-lax

# `make test` looks at one page of each kind; this at every one. A page is opened once and looked at by one process.
pages-check: $(ALL)
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup tests/pages/test_in_browser.py --outputs outputs

screenshots: $(ALL)
	$(BIN)/python docs/screenshots.py

# Batches killed at seeded moments; every page, release and record is looked at after each. Two workspaces at a time, about five seconds a moment.
MOMENTS ?= 20
torn: $(ALL)
	TORN_MOMENTS=$(MOMENTS) $(BIN)/python -m pytest tests/publish/test_torn.py

# A year of releases of every contract in all editions, attacked together; also with a corrected month and a changed threshold. And 340 invented ones.
proofs: $(ALL)
	PROOF_MONTHS=12 $(BIN)/python -m pytest --numprocesses auto --dist load -rP tests/release/test_proofs.py tests/release/test_attack.py

# Twelve monthly editions of every sample, two kinds of readers: each planted change is told when it can be known, and nothing flickers.
twelve: $(ALL)
	$(BIN)/python -m pytest -o python_files='twelve_*.py' tests/pages

# Every input file spoiled in 500 ways, cells that do anything, hostile texts in Chromium; seeded, with counts in their report.
attacks: attacks-inputs
	$(BIN)/python -m pytest -s -o python_files='attack_*.py' tests/attacks/attack_cells.py tests/attacks/attack_texts.py

ATTACKS ?= 500
attacks-inputs: $(ALL)
	ATTACKS=$(ATTACKS) $(BIN)/python -m pytest -q -rP --numprocesses auto --dist load -o python_files='attack_*.py' tests/attacks/attack_inputs.py

nightly: $(ALL)
	$(BIN)/python tests/attacks/nightly.py

docs: $(ALL)
	$(BIN)/python docs/reference.py
	$(BIN)/mkdocs build --strict --quiet
	@echo 'build/docs/index.html'

lint: $(ALL)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	find notebooks -name '*.ipynb' -not -path '*/.*' -exec $(STRIP) --verify {} +

format: $(ALL)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find notebooks -name '*.ipynb' -not -path '*/.*' -exec $(STRIP) {} +

lab: $(LAB)
	$(BIN)/acm lab

lock: $(ALL)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	requirements/lock $(BIN)/uv $(UPGRADE)

audit: $(ALL)
	$(BIN)/python requirements/audit.py

bill: $(PAGES)
	$(BIN)/python requirements/bill.py --licences docs/licences.md --bill dist/acm-workbooks.cdx.json

sdist: $(ALL) bill
	$(BIN)/python -m hatchling build --target sdist

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find outputs/ -mindepth 1 -maxdepth 1 -not -name README.md -exec rm -rf {} +
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
