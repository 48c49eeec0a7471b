"""The figures and the page of a validation, on Vännäs: what they hold, what they say, and when they are left out."""

from __future__ import annotations

import csv
import dataclasses
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.report.canvas import save
from sim.report.validation import DRAWINGS, PAGE, conclusion, write
from sim.report.validation import page as page_of
from sim.report.validation_targets import MARKS, reference
from sim.report.validation_words import CHECKS, FIGURES, GROUPS, SHORT
from sim.scenario import load
from sim.scenario.evidence import shipped_evidence
from sim.validation.validation import Band, Validation, validate
from tests.experiment.test_commands import SHORT as SHORT_SCENARIO
from tests.report.test_page import reading

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SETS = "set,emergency.admission_level\n1,{low}\n2,{high}\n"


@pytest.fixture(scope="module")
def found() -> Validation:
    return validate(load(SCENARIOS / "vannas.toml"), replications=2, seed=4, workers=1)


@pytest.fixture(scope="module")
def folder(found: Validation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("validation")
    write(found, folder)
    return folder


def test_every_figure_is_drawn_as_png_and_svg(folder: Path) -> None:
    names = {path.name for path in (folder / "figures").iterdir()}
    assert names == {f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")}
    assert {drawing.name for drawing in DRAWINGS} == set(FIGURES)


def test_the_page_stands_by_itself_and_has_all_parts(found: Validation, folder: Path) -> None:
    page = reading(folder / PAGE)
    ids = {values["id"] for _, values in page.tags if values.get("id")}
    assert {"verdict", "table", "figures", "checks", "not-tested", "again", *FIGURES} <= ids
    links = {str(values["href"]) for tag, values in page.tags if tag == "a"}
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    assert all(str(values["src"]).startswith("data:") for tag, values in page.tags if tag == "img")
    assert "nan" not in re.findall(r"[a-z]+", page.text.lower())
    for verdict in found.verdicts:
        assert verdict.target.text in page.text
    for term in (*GROUPS.values(), *CHECKS.values(), *FIGURES.values()):
        assert term.text in page.text
        assert term.swedish in page.text


def test_every_source_is_told(found: Validation, folder: Path) -> None:
    text = reading(folder / PAGE).text
    for id_ in {id_ for verdict in found.verdicts for id_ in verdict.target.sources}:
        assert shipped_evidence()[id_].name in text


def test_captions_say_the_numbers_of_the_views(found: Validation) -> None:
    told = {drawing.name: drawing.tell(found) for drawing in DRAWINGS}
    observed = found.views["frequent_rates"].mean[-1, 0]
    assert f"observed {observed:.2f}" in told["validation-turnover"]
    verdict = found.verdict("emergency_median")
    assert verdict is not None
    assert f"Median of adults {verdict.simulated:.0f} (published 244 to 257)" in told["validation-emergency-time"]


def test_the_verdict_counts(found: Validation) -> None:
    judged = [v for v in found.verdicts if v.target.judged]
    inside, near, off = (sum(v.verdict == word for v in judged) for word in MARKS)
    first, *others = conclusion(found)
    assert f"agrees with {inside} of {inside + near + off} published figures; {near} are off" in first
    checks = [v for v in found.verdicts if v.target.check]
    agree = sum(v.verdict == "agrees" for v in checks)
    assert any(f"Of {len(checks)} internal checks {agree} agree" in text for text in others)


def test_every_check_is_of_a_kind_and_every_short_name_of_a_target(found: Validation) -> None:
    for verdict in found.verdicts:
        if verdict.target.group == "check":
            assert verdict.target.note.split(":")[0] in CHECKS
    assert set(SHORT) <= {verdict.target.id for verdict in found.verdicts if verdict.target.judged}


def test_what_a_target_is_drawn_over(found: Validation) -> None:
    by_id = {verdict.target.id: verdict for verdict in found.verdicts}
    assert reference(by_id["emergency_p90"]) == 510
    assert reference(by_id["frequent_next_year"]) == 0.1
    assert reference(by_id["emergency_median"]) == 257
    assert reference(by_id["beds"]) == pytest.approx(290 * by_id["beds"].factor)


def test_the_same_bytes(found: Validation, folder: Path, tmp_path: Path) -> None:
    for drawing in DRAWINGS[2:4]:
        for path in save(drawing.drawn(found), tmp_path, drawing.name):
            assert path.read_bytes() == (folder / "figures" / path.name).read_bytes()
    drawings = {path.stem: path.read_bytes() for path in (folder / "figures").glob("*.svg")}
    assert page_of(found, drawings) == (folder / PAGE).read_text(encoding="utf-8")


def test_one_replication_and_unknown_views_are_told(found: Validation, folder: Path, tmp_path: Path) -> None:
    nothing = {name: Band(*(np.full_like(band.mean, np.nan) for _ in range(3))) for name, band in found.views.items()}
    bare = dataclasses.replace(found, replications=1, views={**nothing, "stays": found.views["stays"]})
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    write(bare, tmp_path)  # figures of before, which it does not have, go
    assert {path.stem for path in (tmp_path / "figures").iterdir()} == {"validation-targets"}
    text = reading(tmp_path / PAGE).text
    assert "Left out: turnover of frequent users" in text
    assert "One replication has no interval" in text


def test_the_command_over_an_ensemble(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario, out = tmp_path / "short.toml", tmp_path / "out"
    scenario.write_text(SHORT_SCENARIO, encoding="utf-8")
    parameter = load(scenario).values["emergency.admission_level"]
    low, high = float(np.min(parameter)) * 0.99, float(np.max(parameter)) * 1.01
    (tmp_path / "short.ensemble.csv").write_text(SETS.format(low=low, high=high), encoding="utf-8")
    assert main(["validate", str(scenario), "--ensemble", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "of 2 sets" in told
    with (out / "validation.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["sets"] for row in rows} == {"2", ""}
    text = reading(out / PAGE).text
    assert "2 parameter sets" in text
    assert "Left out: unplanned readmission" in text
    assert main(["validate", str(scenario), "--ensemble", str(tmp_path / "none.csv")]) == 2
