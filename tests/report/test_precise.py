"""How precise a result is, and its warm-up, in the words of report and terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from sim.outcomes.daily import SERIES
from sim.report import precise, show, warm_up, warming, words
from sim.report.page import page
from sim.report.result import Result, read
from tests.report.synthetic import write_folder

DAYS = ("hospital_days", "labelled_days", "labelled_share", "preventable_days")


def asked(reason: str, reached: dict[str, int | None], mean: float | None = -5000.0) -> dict[str, Any]:
    """What the rule reports, invented."""
    outcomes = {name: {"unit": "days", "reached": n, "mean": mean} for name, n in reached.items()}
    numbers = {"relative": 0.05, "least": 3, "most": 200, "look_ahead": 5, "replications": 4}
    return {"of": "difference", **numbers, "reason": reason, "outcomes": outcomes}


def with_precision(folder: Path, precision: dict[str, Any] | None, **options: Any) -> Result:
    """A synthetic result that was run to a precision."""
    write_folder(folder, only=DAYS, **options)
    path = folder / "result.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**about, **({"precision": precision} if precision else {})}), encoding="utf-8")
    return read(folder)


def test_a_number_asked_for_is_told_with_its_half_width(tmp_path: Path) -> None:
    result = with_precision(tmp_path, None)
    (width,) = precise.widths(result)
    change = result.change("hospital_days")
    assert width.half == pytest.approx((change.high - change.low) / 2)
    assert width.share == pytest.approx(width.half / abs(change.value))
    first, second = precise.told(result)
    assert first == "4 replications, as asked for."
    assert second.startswith("Hospital days: the difference is −")
    assert f"± {100 * width.share:.1f}" in second.replace("\u00a0", " ")


def test_what_pairing_gives_is_told_with_its_interval_from_ten_replications_on(tmp_path: Path) -> None:
    few = with_precision(tmp_path / "few", None, replications=9)
    assert not few.ratio("hospital_days").known
    assert not any("ratio of the variances" in line for line in precise.told(few))
    result = with_precision(tmp_path / "more", None, replications=10)
    found = result.ratio("hospital_days")
    assert found.low < found.value < found.high
    (told,) = (line for line in precise.told(result) if "ratio of the variances" in line)
    numbers = re.search(r"about ([\d.]+) times \(95 % interval ([\d.]+) to ([\d.]+)\) as many for hospital days", told)
    assert numbers is not None
    for text, value in zip(numbers.groups(), (found.value, found.low, found.high), strict=True):
        assert float(text) == pytest.approx(value, rel=0.06)
        assert len(text.replace(".", "").rstrip("0")) <= 2


@pytest.mark.parametrize(("reason", "says"), [("reached", True), ("not given", True), ("cap", False), (None, False)])
def test_intervals_after_stopping_by_the_rule_are_told_to_be_less_sure(
    tmp_path: Path, reason: str | None, says: bool
) -> None:
    result = with_precision(tmp_path, asked(reason, {"hospital_days": 3}) if reason else None)
    assert (words.STOPPED_BY_RULE in precise.told(result)) == says
    console = Console(record=True, width=400)
    show(tmp_path, console)
    assert ("slightly less often" in console.export_text()) == says


def test_several_outcomes_are_precise_each_alone(tmp_path: Path) -> None:
    two = asked("reached", {"hospital_days": 3, "labelled_days": 4})
    assert words.EACH_ALONE in precise.told(with_precision(tmp_path / "two", two))
    assert words.EACH_ALONE not in precise.told(
        with_precision(tmp_path / "one", asked("reached", {"hospital_days": 3}))
    )


@pytest.mark.parametrize(
    ("reason", "reached", "says"),
    [
        ("reached", {"hospital_days": 3, "labelled_days": 4}, "stayed so through a look-ahead of 5 more"),
        (
            "cap",
            {"hospital_days": 3, "labelled_days": None},
            "did not last through the look-ahead, in labelled avoidable",
        ),
        ("not given", {"hospital_days": 3, "deaths": None}, "anything measured of deaths"),
    ],
)
def test_the_reason_for_stopping_is_told(
    tmp_path: Path, reason: str, reached: dict[str, int | None], says: str
) -> None:
    precision = asked(reason, reached)
    if reason == "not given":
        precision["outcomes"]["deaths"]["mean"] = None
    result = with_precision(tmp_path, precision)
    told = precise.told(result)
    assert says in told[0]
    assert len([line for line in told if "Hospital days" in line]) == 1
    assert "Reached at replication" in page(result, {})


def test_a_run_has_a_level_and_nothing_about_pairs(tmp_path: Path) -> None:
    result = with_precision(tmp_path, None, governances=("current",))
    told = precise.told(result)
    assert "the mean is" in told[1]
    assert len(told) == 2
    assert words.PAIRING_HEAD not in page(result, {})
    assert not precise.widths(result)[0].ratio.known


def test_one_replication_has_no_precision(tmp_path: Path) -> None:
    result = with_precision(tmp_path, None, replications=1)
    assert precise.told(result)[1] == "Hospital days: no interval."
    console = Console(record=True, width=120)
    show(tmp_path, console)
    assert "as asked for" not in console.export_text()


def test_every_outcome_has_a_name() -> None:
    assert words.outcome("hospital_days").text == "Hospital days"
    assert words.outcome("alarms").text == "Alarms"


def test_report_and_terminal_tell_the_warm_up(folder: Path) -> None:
    result = read(folder)
    assert result.warm_up is not None
    first, *_ = warming.told(result.warm_up)
    assert first.startswith("The warm-up of 365 days reaches the point")
    assert first in page(result, {}).replace("&#x27;", "'")
    console = Console(record=True, width=400)
    show(folder, console)
    assert first in " ".join(console.export_text().split())


def test_a_series_is_judged_in_a_row(folder: Path) -> None:
    result = read(folder)
    assert result.warm_up is not None
    rows = warming.table_rows(result.warm_up)
    assert len(rows) == 14
    assert all(len(row) == len(words.WARM_UP_HEADS) for row in rows)
    assert rows[0][0] == "Hospital beds in use"
    assert rows[0][4] == "covered"


def with_verdicts(folder: Path, tmp_path: Path, *changes: dict[str, Any]) -> list[str]:
    """What is told when the first series are found otherwise."""
    about = json.loads((folder / "result.json").read_text(encoding="utf-8"))["warm_up"]
    for one, change in zip(about["series"], changes, strict=False):
        one.update(change)
    (tmp_path / "warmup.csv").write_bytes((folder / "warmup.csv").read_bytes())
    _, rows, told, files = warm_up(tmp_path, "Synthetic", about)
    assert len(rows) == 14
    assert sorted(path.name for path in files) == ["warm-up.png", "warm-up.svg"]
    return told


def test_the_worst_verdict_comes_first(folder: Path, tmp_path: Path) -> None:
    told = with_verdicts(
        folder,
        tmp_path,
        {"verdict": "pre-period", "point": 400},
        {"verdict": "longer", "point": 900},
        {"verdict": "no verdict", "point": None, "point_low": None, "point_high": None},
        {"verdict": "drifts", "drift": -0.02, "drift_low": -0.03, "drift_high": -0.01},
        {"verdict": "unsettled", "point": 1060},
        {"verdict": "uncertain", "point": 235, "point_low": 230, "point_high": 470},
    )
    assert told[0].startswith("Not settled, or too short to tell: emergency visits.")
    assert "ward stays begun (-2.0 %, -3.0 to -1.0)" in told[1]
    assert told[2].startswith("The time before T0 (day 730) is too short for waiting for a ward bed")
    assert "day 900" in told[2]
    assert told[3].startswith("Uncertain: ambulances (day 235 (230 to 470)). Leaving out one replication changes")
    assert told[4].startswith("For hospital beds in use MSER-5 would measure from day 400 at the latest")
    assert "8 of 14 series" in told[5]
    assert told[6].startswith("Nothing to judge: ready for discharge, in a bed.")
    assert told[7].startswith("With 2 replications the verdicts are weak")
    assert "(day 900), emergency visits (day 1" in told[8]
    assert told[8].startswith("Beyond T0 (day 730)")


def test_steadiness_is_not_claimed_and_the_widest_interval_is_named(folder: Path, tmp_path: Path) -> None:
    still = {"drift": 0.0, "drift_low": -0.01, "drift_high": 0.01}
    wide = {"drift": 0.02, "drift_low": -0.21, "drift_high": 0.25}
    told = with_verdicts(folder, tmp_path, wide, *[still] * 13)
    assert "cannot be told apart from chance in any series" in told[-1]
    assert "-21.0 to +25.0 % (hospital beds in use)" in told[-1]
    drifting = {"verdict": "drifts", "drift": -0.4, "drift_low": -0.7, "drift_high": -0.1}
    told = with_verdicts(folder, tmp_path, wide, drifting, *[still] * 12)
    assert "in the others" in told[-1]
    assert "(hospital beds in use)" in told[-1]


def test_the_terminal_names_every_series_that_is_not_covered(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    about = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    verdicts = ("unsettled", "drifts", "longer", "uncertain", "pre-period", "no verdict")
    for one, verdict in zip(about["warm_up"]["series"], verdicts, strict=False):
        one["verdict"] = verdict
    (tmp_path / "result.json").write_text(json.dumps(about), encoding="utf-8")
    console = Console(record=True, width=1000)
    show(tmp_path, console)
    shown = " ".join(console.export_text().split())
    for one in SERIES[: len(verdicts)]:
        assert f" {one.label.lower()}" in shown, one.name
    assert "The warm-up of 365 days reaches" not in shown
    assert "from which outcomes are measured" in shown


def test_without_a_table_there_is_no_warm_up_to_tell(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        if path.is_file() and path.name != "warmup.csv":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    result = read(tmp_path)
    assert result.warm_up is None
    assert 'id="warm_up"' not in page(result, {})
