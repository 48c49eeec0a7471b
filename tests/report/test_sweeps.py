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
from matplotlib.text import Text

from sim.cli import INVALID, main
from sim.report import sweep_words, sweep_words_sv, sweeps
from sim.report.language import spoken
from sim.report.swept import read
from sim.report.words import Term
from sim.sweeps.sweeping import EFFECT_INTERVALS
from tests.report.test_language import english_left, shape, strings

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
        statistics = ("mean", "low", "high", "sd", "replications", "change", "change_low", "change_high")
        table.writerow(["point", *names, "governance", "outcome", *statistics, "unit"])
        for n, point in enumerate(points):
            for governance in shown:
                mean = -100.0 * n if governance == "difference" else 1000.0 - 100.0 * n
                words = [str(value).lower() if isinstance(value, bool) else value for value in point]
                change = [-100.0 * n, -100.0 * n - 7, -100.0 * n + 7] if n else ["", "", ""]
                table.writerow([n, *words, governance, DAYS, mean, mean - 50, mean + 50, 9, 5, *change, "days"])
    whole = {"format": 1, "kind": "sweep", "name": "x", "title": "X", "seed": 1, "replications": 5, "window_days": 365}
    whole |= {"people": 10, "governances": list(governances), "design": design, "points": len(points), "keys": keys}
    whole |= {"on": [{"outcome": DAYS, "unit": "days"}], "effects": [], "rank_correlations": []}
    whole |= {"reference": {"point": 0, "own": False, "contrasts": len(points) - 1}, "columns_together": None}
    whole |= {"effect_intervals": EFFECT_INTERVALS[design]}
    (tmp_path / "sweep.json").write_text(json.dumps(whole | about), encoding="utf-8")
    return tmp_path


def effect(name: str, value: object, governance: str, mean: float, half: float) -> dict[str, Any]:
    return {
        **{"key": name, "value": value, "points": 2, "governance": governance, "outcome": DAYS},
        **{"mean": mean, "low": mean - half, "high": mean + half, "sd": 1.0, "replications": 5},
    }


def rank(name: str, rho: float, half: float | None = 0.2, partial: float | None = None) -> dict[str, Any]:
    low, high = (None, None) if half is None else (rho - half, rho + half)
    about = {
        "key": name,
        "governance": "difference",
        "outcome": DAYS,
        "rho": rho,
        "low": low,
        "high": high,
        "points": 9,
    }
    beside = (None, None) if partial is None else (partial - 0.1, partial + 0.1)
    return {**about, "partial": partial, "partial_low": beside[0], "partial_high": beside[1]}


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


def faces(figure: Figure, marker: str = "s") -> list[str]:
    return [str(line.get_markerfacecolor()) for line in figure.axes[0].get_lines() if line.get_marker() == marker]


def caption(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.texts)


def test_a_correlation_without_interval_is_hollow(tmp_path: Path) -> None:
    points = [(0.1 * n, 9.0 - n) for n in range(9)]
    ranks = [rank(DOCTORS, -0.7), rank(RATE, 1.0, None)]
    keys = [key(DOCTORS), key(RATE)]
    found = figures(folder(tmp_path, keys, points, design="latin hypercube", rank_correlations=ranks))["ranks"]
    assert faces(found) == ["white", "#0072B2"]  # the strongest first
    assert "none for fewer than 8 points" in caption(found)
    assert "Hollow: it does not, or there is none." in caption(found)
    assert faces(found, "D") == []
    assert not found.legends


def test_partial_correlations_stand_beside_the_others(tmp_path: Path) -> None:
    points = [(0.1 * n, 9.0 - n) for n in range(9)]
    ranks = [rank(DOCTORS, -0.7, partial=-0.05), rank(RATE, 0.6, partial=0.9)]
    keys = [key(DOCTORS), key(RATE)]
    found = figures(folder(tmp_path, keys, points, design="latin hypercube", rank_correlations=ranks))["ranks"]
    assert faces(found, "D") == ["white", "#D55E00"]
    assert texts(found) == ["−0.70 (−0.90 to −0.50)\npartial −0.05 (−0.15 to 0.05)", *texts(found)[1:]]
    (legend,) = found.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "Spearman's",
        "partial: without what the other keys explain",
    ]


def test_effects_of_a_table_have_no_whiskers_and_say_so(tmp_path: Path) -> None:
    effects = [
        {**effect(DOCTORS, value, governance, -100.0, 1.0), "low": None, "high": None}
        for value in (1.0, 4.0)
        for governance in ("current", "coordinated", "difference")
    ]
    points = [(a, b) for a in (1.0, 4.0) for b in (0.1, 0.2)]
    together = {"correlation": 0.5, "first": DOCTORS, "second": RATE, "note": "THEY GO TOGETHER"}
    place = folder(
        tmp_path, [key(DOCTORS), key(RATE)], points, design="points", effects=effects, columns_together=together
    )
    found = figures(place)["effects"]
    assert faces(found) == ["white", "white"]  # -100 days, and nothing to say how sure
    assert "No whiskers" in caption(found)
    assert "Whiskers:" not in caption(found)
    assert "go together in this design (rank correlation 0.50)" in caption(found).replace("\n", " ")


def test_no_line_of_a_caption_runs_out_of_the_figure(tmp_path: Path) -> None:
    points = [(0.1 * n, 9.0 - n) for n in range(99)]
    long = {
        "first": "a_group_of_keys." * 6,
        "second": "b_group_of_keys." * 5,
        "correlation": 0.9,
        "note": "so they say",
    }
    ranks = [rank(DOCTORS, -0.7, partial=-0.05), rank(RATE, 0.6, partial=0.9)]
    place = folder(
        tmp_path,
        [key(DOCTORS), key(RATE)],
        points,
        design="latin hypercube",
        rank_correlations=ranks,
        columns_together=long,
    )
    for figure in figures(place).values():
        figure.draw_without_rendering()
        width = figure.get_figwidth() * figure.dpi
        assert all(text.get_window_extent().x1 < width for text in figure.texts), caption(figure)


def test_the_words_of_whiskers_follow_the_design(tmp_path: Path) -> None:
    effects = [effect(DOCTORS, v, g, -9.0, 1.0) for v in (1.0, 4.0) for g in ("current", "coordinated", "difference")]
    points = [(a, b) for a in (1.0, 4.0) for b in (0.1, 0.2)]
    keys = [key(DOCTORS), key(RATE)]
    over = figures(folder(tmp_path, keys, points, design="latin hypercube", effects=effects))["effects"]
    assert "Whiskers hold the spread over points too" in caption(over)
    grid = figures(folder(tmp_path, keys, points, effects=effects))["effects"]
    assert "Whiskers are of each mean by itself" in caption(grid)
    once = figures(folder(tmp_path, keys, points, effects=effects, replications=1))["effects"]
    assert "One replication: no interval." in caption(once)
    assert "Whiskers" not in caption(once)


def test_the_table_of_points_has_changes_from_the_reference(tmp_path: Path) -> None:
    together = {"correlation": 0.5, "first": DOCTORS, "second": RATE, "note": "THEY GO TOGETHER"}
    points = [(1.0, 0.1), (2.0, 0.2), (4.0, 0.3)]
    (swept,) = read(folder(tmp_path, [key(DOCTORS), key(RATE)], points, design="points", columns_together=together))
    assert swept.heads()[3:] == ("mean", "95 % interval", "change from point 0", "95 % interval", "unit")
    assert [row[3:] for row in swept.rows(2)] == [
        ("0.0", "-50.0 to 50.0", "reference", "", "days"),
        ("-100", "-150 to -50", "-100", "-107 to -93", "days"),
    ]
    assert swept.below(2) == [
        "and 1 more points in sweep.csv",
        "change from point 0, the first of the points: paired; 2 such changes, each with an interval for itself alone",
        f"{DOCTORS} and {RATE} go together in this design (rank correlation 0.50): their effects are hard to tell apart",
    ]


def test_one_point_has_nothing_to_change_from(tmp_path: Path) -> None:
    (swept,) = read(folder(tmp_path, [key(RATE)], [(1.0,)]))
    assert swept.heads() == ("point", "a.rate", "mean", "95 % interval", "unit")
    assert swept.rows(9) == [("0", "1", "0.0", "-50.0 to 50.0", "days")]
    assert swept.below(9) == []


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


# --- in Swedish --------------------------------------------------------------------------------------------------


NAMES = sorted(name for name in vars(sweep_words) if name.isupper())


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_every_word_with_the_same_places_to_fill_in(name: str) -> None:
    mine, theirs = getattr(sweep_words_sv, name), getattr(sweep_words, name)
    if isinstance(theirs, Term):
        assert shape(mine.text) == shape(theirs.text)
    else:
        assert shape(mine) == shape(theirs)
    assert not {text for text in strings(theirs) if " " in text} & set(strings(mine)) - {sweep_words.RHO}


def test_no_english_is_left_in_the_figures_and_the_table_of_a_swedish_sweep(tmp_path: Path) -> None:
    keys = [key(DOCTORS), key(RATE)]
    effects = [
        effect(name, value, governance, 900.0 - 10 * value, 5.0)
        for name in (DOCTORS, RATE)
        for value in (2, 4)
        for governance in ("current", "coordinated", "difference")
    ]
    ranks = [rank(DOCTORS, 0.5, partial=0.4), rank(RATE, -0.2)]
    points = [(2, 2), (2, 4), (4, 2), (4, 4)]
    place = folder(tmp_path, keys, points, effects=effects, rank_correlations=ranks)
    with spoken("sv"):
        (swept,) = read(place)
        drawn = sweeps.figures(swept)
        assert {"effects", "map", "ranks", "tornado"} <= set(drawn)
        said = [one.get_text() for figure in drawn.values() for one in figure.findobj(Text)]
        said += [*swept.heads(), *(cell for row in swept.rows(9) for cell in row), *swept.below(9)]
    keys_aside = [text.replace(DOCTORS, "").replace("doctors", "") for text in said]
    assert {text: word for text in keys_aside if (word := english_left(text))} == {}
    assert any("Vårddygn" in text for text in said)


def test_a_sweep_is_shown_and_drawn_again_in_another_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder(
        tmp_path, [key(DOCTORS)], [(2,), (4,)], effects=[effect(DOCTORS, v, "difference", 9, 1) for v in (2, 4)]
    )
    assert main(["show", str(place), "--report", "--language", "sv"]) == 0
    assert "skillnaden" in capsys.readouterr().out
    assert (place / "figures" / "effects-hospital_days.svg").exists()
    assert main(["show", str(place), "--pdf"]) == INVALID
