"""Figures of a sweep hold the numbers of its files, whatever was varied."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.report import sweeps
from sim.report.swept import read

DOCTORS, WEEKENDS, RATE = "governance.coordinated.mobile_team.doctors.umea", "governance.coordinated.x.active", "a.rate"
DAYS = "hospital_days"


def key(name: str, kind: str = "number", scenario: object = 2.0) -> dict[str, Any]:
    governance = name.split(".")[1] if name.startswith("governance.") else None
    about = {"key": name, "governance": governance, "unit": "doctors", "kind": kind, "what": "What it is."}
    return {**about, "scenario": scenario, "low": None, "high": None}


def folder(
    tmp_path: Path,
    keys: Sequence[dict[str, Any]],
    points: Sequence[Sequence[object]],
    governances: Sequence[str] = ("current", "coordinated"),
    design: str = "grid",
    **about: Any,
) -> Path:
    """A folder as ``narvard sweep`` writes it, with 100 days less for each point than for the one before."""
    names = [one["key"] for one in keys]
    shown = [*governances, *(["difference"] if len(governances) == 2 else [])]
    with (tmp_path / "sweep.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["point", *names, "governance", "outcome", "mean", "low", "high", "sd", "replications", "unit"])
        for n, point in enumerate(points):
            for governance in shown:
                mean = -100.0 * n if governance == "difference" else 1000.0 - 100.0 * n
                words = [str(value).lower() if isinstance(value, bool) else value for value in point]
                table.writerow([n, *words, governance, DAYS, mean, mean - 50, mean + 50, 9, 5, "days"])
    whole = {"format": 1, "kind": "sweep", "name": "x", "title": "X", "seed": 1, "replications": 5, "window_days": 365}
    whole |= {"people": 10, "governances": list(governances), "design": design, "points": len(points), "keys": keys}
    whole |= {"on": [{"outcome": DAYS, "unit": "days"}], "effects": [], "rank_correlations": []}
    (tmp_path / "sweep.json").write_text(json.dumps(whole | about), encoding="utf-8")
    return tmp_path


def effect(name: str, value: object, governance: str, mean: float, half: float) -> dict[str, Any]:
    return {
        **{"key": name, "value": value, "points": 2, "governance": governance, "outcome": DAYS},
        **{"mean": mean, "low": mean - half, "high": mean + half, "sd": 1.0, "replications": 5},
    }


def rank(name: str, rho: float, half: float | None = 0.2) -> dict[str, Any]:
    low, high = (None, None) if half is None else (rho - half, rho + half)
    return {"key": name, "governance": "difference", "outcome": DAYS, "rho": rho, "low": low, "high": high, "points": 9}


def figures(folder: Path) -> dict[str, Figure]:
    (swept,) = read(folder)
    return sweeps.figures(swept)


def dots(figure: Figure, panel: int = 0) -> list[tuple[float, float]]:
    """Points drawn with a marker, from left to right."""
    lines = figure.axes[panel].get_lines()
    found = [line.get_xydata() for line in lines if line.get_marker() not in ("None", "", None)]
    return sorted((float(x), float(y)) for part in found for x, y in np.asarray(part))


def texts(figure: Figure, panel: int = 0) -> list[str]:
    return [text.get_text() for text in figure.axes[panel].texts]


def test_main_effects_are_dots_with_whiskers_over_the_values(tmp_path: Path) -> None:
    effects = [
        effect(DOCTORS, value, governance, mean, 30.0)
        for value, means in ((1.0, (1000.0, 990.0, -10.0)), (4.0, (1000.0, 900.0, -100.0)))
        for governance, mean in zip(("current", "coordinated", "difference"), means, strict=True)
    ]
    found = figures(folder(tmp_path, [key(DOCTORS)], [(1.0,), (4.0,)], effects=effects))
    assert set(found) == {"effects"}
    assert dots(found["effects"]) == [(1.0, -10.0), (4.0, -100.0)]
    assert [y for _, y in dots(found["effects"], 1)] == [1000.0, 990.0, 1000.0, 900.0]
    whiskers = [list(line.get_ydata()) for line in found["effects"].axes[0].get_lines() if len(line.get_xdata()) == 2]
    assert [-40.0, 20.0] in whiskers
    assert [-130.0, -70.0] in whiskers
    faces = [line.get_markerfacecolor() for line in found["effects"].axes[0].get_lines() if line.get_marker() == "s"]
    assert faces == ["white", "#0072B2"]  # hollow where the interval holds zero
    assert found["effects"].axes[1].get_xlabel().splitlines() == ["coordinated: mobile_team.doctors.umea", "[doctors]"]


def test_two_keys_make_a_map_with_their_numbers(tmp_path: Path) -> None:
    points = [(a, b) for a in (1.0, 2.0, 4.0) for b in (0.1, 0.2)]
    found = figures(folder(tmp_path, [key(DOCTORS), key(RATE)], points))
    assert set(found) == {"map", "scatter"}  # no effects were given
    numbers = [text for text in texts(found["map"]) if "\n" not in text]
    assert numbers == ["0", "−200", "−400", "−100", "−300", "−500"]
    assert any("−550 to −450" in text for text in texts(found["map"]))
    family = found["map"].axes[1]
    assert len([line for line in family.get_lines() if line.get_label() in ("0.1", "0.2")]) == 2


def test_flags_and_words_stand_in_order(tmp_path: Path) -> None:
    effects = [
        effect(WEEKENDS, value, governance, 100.0, 1.0)
        for value in (False, True)
        for governance in ("current", "coordinated", "difference")
    ]
    keys = [key(WEEKENDS, "flag", True)]
    found = figures(folder(tmp_path, keys, [(True,), (False,)], effects=effects))
    assert [text.get_text() for text in found["effects"].axes[1].get_xticklabels()] == ["false", "true"]


def test_points_are_scattered_with_their_rank_correlation(tmp_path: Path) -> None:
    points = [(0.1 * n, 9.0 - n) for n in range(9)]
    ranks = [rank(DOCTORS, -0.7), rank(RATE, 1.0, None)]
    found = figures(
        folder(tmp_path, [key(DOCTORS), key(RATE)], points, design="latin hypercube", rank_correlations=ranks)
    )
    assert set(found) == {"scatter", "ranks"}
    assert dots(found["scatter"]) == [(pytest.approx(0.1 * n), -100.0 * n) for n in range(9)]
    titles = [axes.get_title(loc="right") for axes in found["scatter"].axes]
    assert titles == ["ρ = −0.70 (−0.90 to −0.50)", "ρ = 1.00"]
    labels = [text.get_text() for text in found["ranks"].axes[0].get_yticklabels()]
    assert labels == [RATE, "coordinated: mobile_team.doctors.umea"]  # the strongest first


def test_one_governance_is_drawn_without_a_difference(tmp_path: Path) -> None:
    points = [(float(n),) for n in range(5)]
    found = figures(folder(tmp_path, [key(RATE)], points, governances=("current",), design="points"))
    assert dots(found["scatter"]) == [(float(n), 1000.0 - 100.0 * n) for n in range(5)]
    assert found["scatter"].axes[0].get_ylabel() == "Current, days"


def test_an_outcome_that_is_not_given_has_no_figure_and_takes_an_old_one_away(tmp_path: Path) -> None:
    place = folder(tmp_path, [key(RATE)], [(1.0,), (2.0,)], design="points")
    written = sweeps.write(place)
    assert {path.name for path in written} == {"scatter-hospital_days.png", "scatter-hospital_days.svg"}
    table = (place / "sweep.csv").read_text(encoding="utf-8").splitlines()
    (place / "sweep.csv").write_text(table[0] + "\n", encoding="utf-8")
    assert sweeps.write(place) == []
    assert not list((place / "figures").iterdir())


def test_the_same_bytes_every_time(tmp_path: Path) -> None:
    place = folder(tmp_path, [key(DOCTORS), key(RATE)], [(a, b) for a in (1.0, 2.0) for b in (0.1, 0.2)])
    first = {path.name: path.read_bytes() for path in sweeps.write(place)}
    assert first == {path.name: path.read_bytes() for path in sweeps.write(place)}


def test_many_keys_wrap_over_rows(tmp_path: Path) -> None:
    keys = [key(f"group.some_rather_long_name_of_a_key_{n}.and_a_member") for n in range(7)]
    points = [tuple(float((n * (k + 2)) % 11) for k in range(7)) for n in range(11)]
    found = figures(folder(tmp_path, keys, points, design="latin hypercube"))
    visible = [axes for axes in found["scatter"].axes if axes.axison]
    assert len(visible) == 7
    assert all(max(map(len, axes.get_xlabel().splitlines())) <= 45 for axes in visible)


def test_files_that_are_not_of_a_sweep_are_told(tmp_path: Path) -> None:
    place = folder(tmp_path, [key(RATE)], [(1.0,)])
    (place / "sweep.json").write_text("{}", encoding="utf-8")
    with pytest.raises(OSError, match="not those of a result"):
        read(place)
