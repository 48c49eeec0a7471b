"""An experiment as tables of pandas: the same rows as the files of its result."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim import report
from sim.experiment.folder import write
from tests.experiment.test_commands import SHORT


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> sim.Scenario:
    path = tmp_path_factory.mktemp("scenario") / "short.toml"
    path.write_text(SHORT, encoding="utf-8")
    return sim.load(path)


@pytest.fixture(scope="module")
def compared(scenario: sim.Scenario) -> sim.Experiment:
    return sim.compare(scenario, replications=3, seed=2)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("outcomes.csv", sim.Experiment.frame),
        ("comparison.csv", sim.Experiment.comparison),
        ("replications.csv", sim.Experiment.totals),
    ],
)
def test_tables_are_those_of_the_folder(compared: sim.Experiment, tmp_path: Path, name: str, table) -> None:
    write(compared, tmp_path)
    kept = pd.read_csv(tmp_path / name)
    pd.testing.assert_frame_equal(table(compared), kept, rtol=1e-9, check_dtype=False)
    assert len(kept) > 5


def test_the_headline_is_that_of_the_result(compared: sim.Experiment) -> None:
    table = compared.headline()
    assert list(table.columns) == ["current", "coordinated", "difference", "low", "high", "relative", "unit"]
    days = table.loc["Hospital days"]
    whole = next(d for d in compared.differences() if d.outcome == "hospital_days" and set(d.margin) == {"all"})
    assert (days.current, days.difference, days.low) == (whole.first, whole.difference, whole.low)
    assert days.coordinated - days.current == pytest.approx(days.difference)
    assert {"Labelled avoidable days", "Preventable in principle"} < set(table.index)


def test_one_governance_has_levels_and_no_differences(scenario: sim.Scenario) -> None:
    alone = sim.run(scenario, replications=2, seed=2)
    table = alone.headline()
    assert list(table.columns) == ["mean", "low", "high", "sd", "unit"]
    days = alone.totals()["hospital_days"]
    assert table.loc["Hospital days", "mean"] == pytest.approx(days.mean())
    assert table.loc["Hospital days", "sd"] == pytest.approx(days.std())
    with pytest.raises(ValueError, match="1 given, 2 needed"):
        alone.comparison()


def test_a_figure_of_the_report_can_be_had_alone(compared: sim.Experiment, tmp_path: Path) -> None:
    figure = report.figure(compared, "three-quantities")
    write(compared, tmp_path)
    same = report.figure(tmp_path, "three-quantities")
    texts = [
        {text.get_text() for text in one.findobj(lambda part: hasattr(part, "get_text"))} for one in (figure, same)
    ]
    assert texts[0] == texts[1]
    assert any("ruly avoided" in text for text in texts[0])
    figure.savefig(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 5_000


def test_a_figure_that_cannot_be_is_told(compared: sim.Experiment, scenario: sim.Scenario) -> None:
    with pytest.raises(KeyError, match="no figure 'pie'; there are three-quantities, "):
        report.figure(compared, "pie")
    with pytest.raises(ValueError, match="difference-by-group"):
        report.figure(sim.run(scenario, replications=1), "difference-by-group")
