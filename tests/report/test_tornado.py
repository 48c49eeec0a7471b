"""What matters most stands on top, with the values at which it does."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from sim.report import tornado
from sim.report.result import UNKNOWN, Estimate
from tests.report.test_sweeps import DOCTORS, RATE, WEEKENDS, caption, effect, figures, folder, key


def swept(tmp_path: Path, *, own: bool = False) -> dict[str, Figure]:
    rows = (
        (DOCTORS, 1.0, -10.0),
        (DOCTORS, 4.0, -40.0),
        (RATE, 0.5, -80.0),
        (RATE, 0.1, -5.0),
        (WEEKENDS, True, -30.0),
    )
    effects = [
        effect(name, value, governance, mean if governance == "difference" else 1000.0, 4.0)
        for name, value, mean in (*rows, (WEEKENDS, False, -28.0))
        for governance in ("current", "coordinated", "difference")
    ]
    keys = [key(DOCTORS), key(RATE), key(WEEKENDS, "flag", True)]
    points = [(1.0, 0.5, True), (4.0, 0.5, True), (1.0, 0.1, False), (4.0, 0.1, False)]
    about = {"reference": {"point": 2, "own": own, "contrasts": 3}}
    return figures(folder(tmp_path, keys, points, effects=effects, **about))


def test_the_widest_is_first_and_goes_from_the_least_to_the_largest_value(tmp_path: Path) -> None:
    axes = swept(tmp_path)["tornado"].axes[0]
    labels = [one.get_text().splitlines()[0] for one in axes.get_yticklabels()]
    assert [label.rpartition(".")[2] for label in labels] == ["rate [doctors]", "umea", "active"]
    middle = -150.0  # the mean of the points of the folder: 0, -100, -200, -300
    ends = [(one.get_y() + one.get_height() / 2, one.get_x() + one.get_width()) for one in axes.patches]
    assert ends == [pytest.approx(pair) for pair in ((0, -5), (0, -80), (1, -10), (1, -40), (2, -28), (2, -30))]
    assert all(one.get_x() == pytest.approx(middle) for one in axes.patches)
    assert [one.get_text() for one in axes.texts] == ["0.1", "0.5", "1", "4", "false", "true"]
    whiskers = [list(line.get_xdata()) for line in axes.get_lines() if len(set(line.get_ydata())) == 1]
    assert [-84.0, -76.0] in whiskers


def test_the_line_is_the_scenario_itself_if_it_is_a_point(tmp_path: Path) -> None:
    found = swept(tmp_path, own=True)["tornado"]
    assert all(one.get_x() == pytest.approx(-200.0) for one in found.axes[0].patches)
    assert "Line: the scenario's own values." in caption(found)


def test_one_key_alone_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    effects = [effect(DOCTORS, value, "difference", -9.0, 1.0) for value in (1.0, 4.0)]
    assert "tornado" not in figures(folder(tmp_path, [key(DOCTORS)], [(1.0,), (4.0,)], effects=effects))


def test_what_is_not_known_is_left_out() -> None:
    bars = [tornado.Bar(name, Estimate(0.0), high, "1", "2") for name, high in (("a", UNKNOWN), ("b", Estimate(2.0)))]
    assert [bar.name for bar in tornado.ordered(bars)] == ["b"]
    assert tornado.reference([UNKNOWN, Estimate(1.0), Estimate(3.0)]) == 2.0
    assert tornado.reference([UNKNOWN]) == 0.0
