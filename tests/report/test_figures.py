"""Figures exist, are not blank, and are the same bytes every time."""

from __future__ import annotations

import threading
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import matplotlib.image
import pytest

from sim.report.canvas import DPI, WIDTH, save
from sim.report.pictures import PICTURES, Picture
from sim.report.result import read
from tests.report.synthetic import write_folder

NAMES = [picture.name for picture in PICTURES]
SVG = "{http://www.w3.org/2000/svg}"


def by_name(name: str) -> Picture:
    return next(picture for picture in PICTURES if picture.name == name)


@pytest.mark.parametrize("name", NAMES)
def test_the_png_shows_something(written: list[Path], folder: Path, name: str) -> None:
    path = folder / "figures" / f"{name}.png"
    assert path in written
    pixels = matplotlib.image.imread(path)
    assert pixels.shape[1] == WIDTH * DPI
    ink = (pixels[..., :3] < 0.95).any(axis=2)
    assert 0.005 < ink.mean() < 0.6
    edge = ink.copy()
    edge[3:-3, 3:-3] = False
    assert not edge.any(), "something is cut off at the edge"


@pytest.mark.parametrize("name", NAMES)
def test_the_svg_is_whole_and_without_dates(written: list[Path], folder: Path, name: str) -> None:
    path = folder / "figures" / f"{name}.svg"
    assert path in written
    root = ElementTree.parse(path).getroot()
    assert root.tag == f"{SVG}svg"
    assert len(root.findall(f".//{SVG}path")) > 20
    assert "date>" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["waits", "days-by-class"])
def test_the_bytes_are_the_same_whatever_the_settings_of_the_user(
    written: list[Path], tmp_path: Path, name: str
) -> None:
    before = {path.name: path.read_bytes() for path in written}
    result = read(written[0].parent.parent)
    with matplotlib.rc_context({"font.size": 30, "axes.grid": True, "svg.fonttype": "none"}):
        for path in save(by_name(name).drawn(result), tmp_path, name):
            assert path.read_bytes() == before[path.name]
        assert matplotlib.rcParams["font.size"] == 30


def test_threads_do_not_disturb_each_other(written: list[Path], tmp_path: Path) -> None:
    result = read(written[0].parent.parent)
    names = ("three-quantities", "cost")

    def draw(name: str) -> None:
        save(by_name(name).drawn(result), tmp_path, name)

    threads = [threading.Thread(target=draw, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    before = {path.name: path.read_bytes() for path in written}
    assert {path.name for path in tmp_path.iterdir()} == {f"{n}.{kind}" for n in names for kind in ("png", "svg")}
    assert all(path.read_bytes() == before[path.name] for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "options",
    [
        {"replications": 1},
        pytest.param({"governances": ("current",), "replications": 2}, marks=pytest.mark.verify),
        pytest.param(
            {"governances": ("a_rather_long_name", "another_long_name"), "effect": 0.3, "replications": 2},
            marks=pytest.mark.verify,
        ),
        {
            "effect": 0.0,
            "noise": 0.0,
            "changed": {"team_nurse_visits": 0.0, "wait_gp_visit_mean": 0.0, "cost_region_sek": 0.0},
            "replications": 2,
        },
    ],
    ids=["one replication", "a run", "other governances", "equal arms and zeros"],
)
def test_odd_results_can_be_drawn(tmp_path: Path, options: dict[str, object]) -> None:
    result = read(write_folder(tmp_path, **options))  # type: ignore[arg-type]
    drawn = 0
    for picture in PICTURES:
        if picture.possible(result):
            picture.drawn(result).draw_without_rendering()
            assert "nan" not in picture.alt(result)
            drawn += 1
    assert drawn == (12 if "governances" in options and not result.compared else 15)


def test_nothing_but_zeros_can_be_drawn(tmp_path: Path) -> None:
    names = ("ready_days", "readmission_days", "acs_days", "short_stay_days", "other_days")
    zeros = dict.fromkeys((*names, "hospital_days", "labelled_days", "labelled_share", "preventable_days"), 0.0)
    result = read(write_folder(tmp_path, only=zeros, changed=zeros))
    for picture in PICTURES:
        if picture.possible(result):
            picture.drawn(result).draw_without_rendering()


def test_whiskers_of_relative_differences_are_those_of_the_quotient(folder: Path) -> None:
    result = read(folder)
    figure = by_name("difference-by-group").drawn(result)
    _, right = figure.axes
    whiskers = [tuple(line.get_xdata()) for line in right.get_lines() if line.get_linestyle() == "-"]
    relative = result.relative("hospital_days")
    assert relative.bounded
    drawn = [ends for ends in whiskers if ends == pytest.approx((100 * relative.low, 100 * relative.high))]
    assert len(drawn) == 1
    # Not the difference's interval over a first mean taken for certain.
    change, first = result.change("hospital_days"), result.level("current", "hospital_days").value
    assert drawn[0] != pytest.approx((100 * change.low / first, 100 * change.high / first), rel=1e-4)
