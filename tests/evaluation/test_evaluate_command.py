"""`narvard evaluate`, as somebody types it, on a small region: files, going on, refusals; and a null twin of nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import INVALID, main
from sim.evaluation.evaluating import evaluate
from sim.evaluation.study import studies_of
from tests.model.small import SCENARIO, small_scenario, write_region

DRAWN = True

pytestmark = pytest.mark.unit

DAYS = {"time.warm_up_days": 185, "time.pre_period_days": 180, "time.follow_up_days": 183}
COLUMNS = ["design", "repeat", "outcome", "estimate", "low", "high", "truth"]
LIST = ["--select", "admissions>=1", "--n", "60", "--months", "6"]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    write_region(folder / "region")
    time = "".join(
        f"{name.split('.')[1]} = {{ value = {days}, source = 'assumption' }}\n" for name, days in DAYS.items()
    )
    path = folder / "small.toml"
    path.write_text(f"{SCENARIO}\n[time]\n{time}", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def evaluated(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluated")
    designs = ["before_after", "concurrent", "randomised", "twin"]
    arguments = ["--design", *designs, *LIST, "--municipalities", "Umeå", "--repeats", "2", "--seed", "5"]
    assert main(["evaluate", str(scenario), *arguments, "--out", str(folder), "--workers", "2"]) == 0
    return folder


def test_it_writes_what_it_found(evaluated: Path) -> None:
    table = pd.read_csv(evaluated / "evaluation.csv")
    assert list(table.columns[:7]) == COLUMNS
    assert len(table) == 4 * 2 * 3
    assert set(table.design) == {"before_after", "concurrent", "randomised", "twin"}
    assert (table[table.design != "randomised"].groupby(["repeat", "outcome"]).truth.nunique() == 1).all()
    admissions = table[(table.outcome == "admissions") & (table.design == "before_after")]
    assert (admissions.null_estimate < -0.2).all()  # chosen for an admission, nothing done
    twin = table[table.design == "twin"]
    assert twin.estimate.to_numpy() == pytest.approx(twin.truth.to_numpy())
    assert (twin.null_estimate == 0.0).all()
    assert (twin.null_p == 1.0).all()
    assert (evaluated / "evaluation.png").stat().st_size > 10_000


def test_the_summary_agrees_with_the_table(evaluated: Path) -> None:
    table = pd.read_csv(evaluated / "evaluation.csv")
    summary = json.loads((evaluated / "evaluation.json").read_text(encoding="utf-8"))
    assert summary["repeats"] == 2
    for found in summary["performance"]:
        rows = table[(table.design == found["design"]) & (table.outcome == found["outcome"])]
        assert found["bias"]["value"] == pytest.approx((rows.estimate - rows.truth).mean(), abs=1e-8)
        assert found["power"]["value"] == pytest.approx((rows.p < 0.05).mean())
        assert found["type_one"]["value"] == pytest.approx((rows.null_p < 0.05).mean())


def test_it_is_shown_again_as_it_was(
    scenario: Path, evaluated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    designs = ["--design", "before_after", "concurrent", "randomised", "twin"]
    same = [*designs, *LIST, "--municipalities", "Umeå", "--seed", "5", "--repeats", "2", "--out", str(evaluated)]
    assert main(["evaluate", str(scenario), *same]) == 0
    first = capsys.readouterr().out.splitlines()[:13]
    assert main(["show", str(evaluated)]) == 0
    assert "\n".join(first) in capsys.readouterr().out
    copy = tmp_path / "copy"
    shutil.copytree(evaluated, copy)
    assert main(["show", str(copy), "--report", "--language", "sv"]) == 0
    page = (copy / "report.html").read_text(encoding="utf-8")
    assert "Hur varje design klarar sig" in page
    assert page.count("<img") == 1


def test_records_of_an_evaluation_are_not_kept(evaluated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["rerun", "--replication", "0"], ["reproduce"]):
        assert main([words[0], str(evaluated), *words[1:]]) == INVALID
        assert "of narvard evaluate, whose records are not kept" in capsys.readouterr().err


def test_it_goes_on_where_it_stopped_and_workers_change_nothing(
    scenario: Path, evaluated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    designs = ["--design", "before_after", "concurrent", "randomised", "twin"]
    same = [*designs, *LIST, "--municipalities", "Umeå", "--seed", "5", "--workers", "1", "--out", str(tmp_path)]
    assert main(["evaluate", str(scenario), *same, "--repeats", "1"]) == 0
    first = (tmp_path / "replications" / "0000.npz").read_bytes()
    assert main(["evaluate", str(scenario), *same, "--repeats", "2"]) == 0
    assert "1 repeats are there already" in capsys.readouterr().err
    assert (tmp_path / "replications" / "0000.npz").read_bytes() == first
    for name in ("evaluation.csv", "evaluation.json", "evaluation.svg"):
        assert (tmp_path / name).read_bytes() == (evaluated / name).read_bytes(), name


def test_a_damaged_repeat_is_run_again(scenario: Path, evaluated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = evaluated / "replications" / "0001.npz"
    good = path.read_bytes()
    path.write_text("{", encoding="utf-8")
    designs = ["--design", "before_after", "concurrent", "randomised", "twin"]
    arguments = [*designs, *LIST, "--municipalities", "Umeå", "--repeats", "2", "--seed", "5", "--workers", "1"]
    assert main(["evaluate", str(scenario), *arguments, "--out", str(evaluated)]) == 0
    told = capsys.readouterr().err.splitlines()
    assert next(line for line in told if line.endswith("it is run again")).startswith(f"{path}: damaged")
    assert path.read_bytes() == good


def test_another_evaluation_is_refused(scenario: Path, evaluated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--design", "twin", *LIST, "--repeats", "1", "--out", str(evaluated)]
    assert main(["evaluate", str(scenario), *arguments]) == INVALID
    assert "holds another experiment (seed 5, not 1, " in capsys.readouterr().err
    assert len(list((evaluated / "replications").iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--design", "rct"], "--design: 'rct' given, one of before_after, concurrent"),
        (["--design", "twin", "twin"], "--design: 'twin' given twice"),
        (["--design", "twin", "--select", "old"], "--select: 'old' given"),
        (["--design", "concurrent"], "--municipalities NAME ... says where it takes place"),
        (["--design", "cluster"], "cluster needs at least 4 municipalities with the intervention, 2 given"),
        (["--design", "twin", "--municipalities", "Oslo"], "--municipalities: 'Oslo' given, one of Umeå, Vännäs"),
        (["--design", "twin", "--governance", "none"], "governance: 'none' given"),
        (["--design", "twin", "--months", "12"], "time.follow_up_days: 183 given, at least 365 needed"),
        (["--design", "twin", "--n", "9999"], "--n: 9999 given, but 'admissions>=2' takes"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_with_one_line(
    scenario: Path, tmp_path: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    usual = [] if "--months" in arguments else ["--months", "6"]
    given = ["evaluate", str(scenario), *arguments, *usual, "--repeats", "1", "--workers", "1", "--out", str(folder)]
    assert main(given) == INVALID
    lines = [line for line in capsys.readouterr().err.splitlines() if says in line]
    assert len(lines) == 1
    assert not folder.exists()


def test_nothing_done_is_exactly_nothing(tmp_path: Path) -> None:
    scenario = small_scenario(tmp_path, DAYS)
    studies = studies_of(("before_after", "randomised", "twin"), select="admissions>=1", n=40, months=6)
    found = evaluate(studies, scenario, "current", 1, by_list=None)
    for repeat in found.repeats[0]:
        for finding in repeat.findings.values():
            assert finding.truth_difference == 0.0
            assert str(finding.real) == str(finding.null)  # nan too
