"""The same experiment in other bytes goes on; of another one the refusal says in what it differs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli import main
from tests.experiment.tiny import TINY

OWN = TINY + '\n[region]\nfolder = "region"\n'
KINDS = {
    "compare": ["--replications", "2"],
    "sweep": ["--vary", "beds.medicine=13,15", "--replications", "1"],
}


def prepared(folder: Path) -> Path:
    """A scenario with tables of its own."""
    region = Path(__file__).parents[2] / "scenarios" / "regions" / "vannas"
    shutil.copytree(region, folder / "region")
    (folder / "own.toml").write_text(OWN, encoding="utf-8")
    return folder / "own.toml"


def edited(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8", newline="")


def other_bytes(folder: Path) -> None:
    """What a spreadsheet program and a tidy mind change, and no figure sees."""
    for name in ("municipalities", "areas", "population", "resources"):
        path = folder / "region" / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    edited(folder / "region" / "resources.csv", ("nurses answering", "nurses who answer"))
    edited(folder / "own.toml", ('title = "A tiny one"', 'title = "Another title"\nnote = "a remark"'))
    edited(folder / "own.toml", ("[time]", "# a comment\n[time]"))


@pytest.mark.parametrize("kind", KINDS)
def test_line_ends_notes_and_titles_change_nothing(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = prepared(tmp_path)
    arguments = [kind, str(path), *KINDS[kind], "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    before = {file.name: file.read_bytes() for file in (tmp_path / "out" / "replications").iterdir()}
    other_bytes(tmp_path)
    capsys.readouterr()
    assert main(arguments) == 0
    assert "there already" in capsys.readouterr().err
    after = {file.name: file.read_bytes() for file in (tmp_path / "out" / "replications").iterdir()}
    assert after == before


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a cell of the region": (
        lambda folder: edited(
            folder / "region" / "resources.csv", ("phone_1177,region,1,1", "phone_1177,region,0.9,1")
        ),
        "resources.csv: phone_1177, region: day 1, not 0.9",
    ),
    "a range of the region": (
        lambda folder: edited(
            folder / "region" / "resources.csv", ("0.8,1.25,assumption,nurses", "0.7,1.25,assumption,nurses")
        ),
        "resources.csv: phone_1177, region: low 0.8, not 0.7",
    ),
    "a parameter": (
        lambda folder: edited(folder / "own.toml", ("[region]", "[needs]\npreventable_share = 0.09\n[region]")),
        "needs.preventable_share 0.08, not 0.09",
    ),
    "a member": (
        lambda folder: edited(
            folder / "own.toml", ("[region]", "[needs]\ndeterioration_per_year.most_ill = 4.0\n[region]")
        ),
        ", not 4",
    ),
    "a lever": (
        lambda folder: edited(
            folder / "own.toml", ("[region]", "[governance.coordinated.rounds]\ninterval_days = 2\n[region]")
        ),
        "governance.coordinated.rounds.interval_days 3, not 2",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_refusal_names_what_differs(change: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = prepared(tmp_path)
    arguments = ["compare", str(path), "--replications", "1", "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    edit, says = CHANGES[change]
    edit(tmp_path)
    capsys.readouterr()
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert "holds another experiment (" in told
    assert says in told


def test_other_points_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = prepared(tmp_path)
    arguments = ["sweep", str(path), "--replications", "1", "--out", str(tmp_path / "out"), "--vary"]
    assert main([*arguments, "beds.medicine=13"]) == 0
    capsys.readouterr()
    assert main([*arguments, "beds.medicine=14"]) == 2
    assert "sweep.points [[13]], not [[14]]" in capsys.readouterr().err
