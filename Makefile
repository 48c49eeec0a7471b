# Every target sets itself up in .venv; nothing else is touched.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
PEERS := .venv/peers

.PHONY: help demo reference baseline pilots plan test quick lint check bench verify notebooks clean

help:
	@echo "make demo    Umeå lansdel under both governances, into results/demo"
	@echo "make reference  the result that is kept in results/umea-lansdel, to a precision of 5 %"
	@echo "make baseline   the ensemble of parameter sets, and the page that holds it against Swedish statistics"
	@echo "make pilots  all pilots put to the test, into results/pilots"
	@echo "make plan    size and hours of the mobile teams, into results/plans/umea-teams"
	@echo "make test    the tests: ten minutes"
	@echo "make quick   those that are quick: a minute"
	@echo "make lint    format, lint, types and imports"
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
	$(BIN)/narvard calibrate scenarios/umea-lansdel.toml --out results/baseline --replace
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

# Two at a time: files stay together, for what their tests share.
test: $(READY)
	$(BIN)/python -m tests.warm
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not verify"

# What is quick to run and likely to break, in a minute.
quick: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not verify" \
		tests/unit tests/scenario tests/tables tests/outcomes tests/model/test_world.py tests/engine/test_order_rule.py

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

# What takes long: theory, published models, agreement of the engines in the large, coverage, kills and notebooks, and in
# the end 20,000 damaged scenarios, tables and workbooks, of which 200 that are accepted run to their report.
verify: $(READY)
	NARVARD_PROGRAMS=1000 $(BIN)/python -m pytest -q -n 2 --dist loadfile -m "verify or theory or published or agreement"
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
