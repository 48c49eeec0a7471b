# Every target sets itself up in .venv; nothing else is touched.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
PEERS := .venv/peers

.PHONY: help demo reference baseline pilots plan test check bench verify notebooks clean

help:
	@echo "make demo    Umeå lansdel under both governances, into results/demo"
	@echo "make reference  the result that is kept in results/umea-lansdel, to a precision of 5 %"
	@echo "make baseline   the ensemble of parameter sets, and the page that holds it against Swedish statistics"
	@echo "make pilots  all pilots put to the test, into results/pilots"
	@echo "make plan    size and hours of the mobile teams, into results/plans/umea-teams"
	@echo "make test    all tests"
	@echo "make check   format, lint, types, imports and tests: before every commit"
	@echo "make verify  the engines against theory, published models and each other"
	@echo "make bench   how fast it is"
	@echo "make notebooks   the notebooks again, with their outputs"

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Setting up .venv (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(READY)
	$(BIN)/narvard compare scenarios/umea-lansdel.toml --ensemble --out results/demo --replace

# The ensemble beside the scenario, and the committed page that holds it against Swedish statistics: half an hour.
baseline: $(READY)
	$(BIN)/narvard calibrate scenarios/umea-lansdel.toml --out results/baseline
	$(BIN)/narvard validate scenarios/umea-lansdel.toml --ensemble --out results/baseline

# All pilots, put to the test, and what falls where nothing is done, whose tables go into docs/evaluation.md: about an hour.
pilots: $(READY)
	$(BIN)/narvard pilots --ensemble --replications 6 --out results/pilots
	$(BIN)/narvard untouched scenarios/umea-lansdel.toml --ensemble --replications 10 --out results/pilots
	$(BIN)/python -m tests.docs.untouched

# The committed plan: how large the mobile teams should be.
plan: $(READY)
	$(BIN)/narvard plan scenarios/plans/umea-teams.toml --out results/plans/umea-teams

# The committed result: every parameter set of the ensemble, and to a precision, so it takes some minutes.
reference: $(READY)
	$(BIN)/narvard compare scenarios/umea-lansdel.toml --ensemble --precision 5% --on hospital_days labelled_days \
		--least 46 --out results/umea-lansdel --replace

test: $(READY)
	$(BIN)/python -m pytest -q

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q

# The last of it takes half an hour: 20,000 damaged scenarios, tables and workbooks, and 200 of the accepted run.
verify: $(READY)
	$(BIN)/python -m pytest -q -m "theory or published or agreement"
	$(BIN)/python -m tests.fuzz --cases 20000 --seed 1

bench: $(READY) $(PEERS)
	$(BIN)/python -m bench

notebooks: $(READY)
	$(BIN)/python -m tests.docs.notebooks

# Other simulators to compare with; without them the benchmark says what it leaves out.
$(PEERS): pyproject.toml constraints.txt | $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[bench]' && touch $@ || \
		echo "Ciw could not be installed: the benchmark goes on without it"

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist
