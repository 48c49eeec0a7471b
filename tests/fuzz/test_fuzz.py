"""A part of the fuzzer, and that it notices what must not be; ``make verify`` runs the whole of it."""

import time
from pathlib import Path

import pytest

from sim import cli
from sim.cli.commands import COMMANDS, Command
from tests.fuzz import running
from tests.fuzz.running import Bench, apart, outcome_of, warm

pytestmark = pytest.mark.unit
CASES = 40


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("fuzz") / "seeds", seed=3)


def test_damaged_files_end_with_0_or_2(bench: Bench) -> None:
    warm(bench)
    cases = list(apart(bench.case, range(CASES)))
    assert [case for case in cases if case.fault] == []
    codes = [case.code for case in cases]
    assert len(codes) == CASES
    assert {0, 2} == set(codes)


def test_a_mutant_is_the_same_whenever_it_is_made(bench: Bench) -> None:
    mutants = [bench.mutant(number) for number in range(50)]
    assert mutants == [bench.mutant(number) for number in range(50)]
    assert len({content for _, content in mutants}) > 45
    texts = [(seed.file, content) for seed, content in mutants if not seed.file.endswith(".xlsx")]
    assert sum(content == (bench.folder / file).read_bytes() for file, content in texts) < 5


def lost() -> None:
    raise KeyError("lost")


def hung() -> None:
    time.sleep(30)


def large() -> None:
    bytearray(2_000_000_000)


def loud() -> None:
    print("\x1b[31m")


@pytest.mark.parametrize(
    ("fails", "told"),
    [(lost, "KeyError"), (hung, "took more than 1 s"), (large, "not enough memory"), (loud, "printed '\\x1b'")],
)
def test_what_must_not_be_is_noticed(fails, told, monkeypatch, bench: Bench, tmp_path: Path) -> None:
    def run(given) -> int:
        """Fail."""
        fails()
        return 0

    run.__module__ = cli.scenarios.__name__
    monkeypatch.setitem(COMMANDS, "check", Command(run, COMMANDS["check"].arguments))
    # Only what hangs has little time: on a busy machine the others may take a while.
    monkeypatch.setattr(running, "SECONDS", 1 if fails is hung else 60)

    def work(number: int) -> running.Case:
        code, fault, said = outcome_of(("check", "own.toml"), bench.folder, running.SECONDS)
        return running.Case(number, "own.toml", code, fault, said)

    (case,) = apart(work, [1])
    assert told in case.fault


def test_a_process_that_dies_costs_its_case_alone(bench: Bench) -> None:
    import os

    def work(number: int) -> running.Case:
        if number == 2:
            os._exit(9)
        return running.Case(number, "", 0, "", "")

    cases = list(apart(work, [1, 2, 3]))
    assert [(case.number, bool(case.fault)) for case in cases] == [(1, False), (2, True), (3, False)]
