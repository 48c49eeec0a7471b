"""The machinery of the benchmark: regions of other sizes, clocks, medians and the page."""

from __future__ import annotations

import ast
import math
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import sim
from bench import model, peers, region, replication, scale, startup
from bench.clock import calls_of
from bench.contestants import CIW, COMPILED, REFERENCE, SIMPY_FULL, SIMPY_NUMPY, SIMPY_STANDARD, C, contestant
from bench.readme import page
from bench.region import Size
from bench.rounds import alternate, number

pytestmark = pytest.mark.unit


def test_a_region_taken_twice_has_twice_the_people_and_twice_what_serves_them(tmp_path: Path) -> None:
    base = sim.load(region.BASE)
    double = sim.load(str(region.write(Size("double", times=2), tmp_path / "double")))
    assert double.region.people == 2 * base.region.people
    assert len(double.region.areas) == 2 * len(base.region.areas)
    assert double.values["beds.medicine"] == 2 * base.values["beds.medicine"]
    np.testing.assert_allclose(
        double.values["outside.stays_per_year"], 2 * base.values["outside.stays_per_year"], rtol=1e-3
    )
    staff = [sum(row.day for row in one.region.resources) for one in (base, double)]
    assert staff[1] == pytest.approx(2 * staff[0], rel=1e-4)


def test_a_municipality_alone_has_its_own_people_and_a_small_hospital(tmp_path: Path) -> None:
    small = sim.load(str(region.write(Size("small", only="Bjurholm"), tmp_path / "small")))
    assert small.region.people == 2372
    assert [m.name for m in small.region.municipalities] == ["Bjurholm"]
    assert 1 <= small.values["beds.medicine"] <= 10
    with pytest.raises(ValueError, match="no such municipality"):
        region.write(Size("none", only="Atlantis"), tmp_path / "none")


@pytest.mark.verify
def test_both_engines_simulate_the_same_days() -> None:
    rows = [replication.days(model.VANNAS, engine, 2, 4) for engine in model.ENGINES]
    assert rows[0]["digest"] == rows[1]["digest"]
    assert rows[0]["events"] == rows[1]["events"] > 0


def test_calls_are_timed_and_put_back() -> None:
    owner = SimpleNamespace(work=time.sleep)
    with calls_of(owner, "work") as spans:
        owner.work(0.02)
        owner.work(0.01)
    assert owner.work is time.sleep
    assert len(spans) == 2
    assert spans[0].seconds >= 0.02
    with pytest.raises(RuntimeError, match="never called"), calls_of(owner, "work"):
        pass


def test_rounds_alternate() -> None:
    order: list[str] = []

    def trial(name: str) -> dict[str, float]:
        order.append(name)
        return {"seconds": len(order), "cpu": 0.0}

    found = alternate({"a": lambda: trial("a"), "b": lambda: trial("b")}, 3)
    assert order == ["a", "b"] * 3
    assert [row["seconds"] for row in found["b"]] == [2, 4, 6]


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.4567, "0.457"), (9.999, "10.0"), (1234.5, "1,230"), (0.012345, "0.0123")]
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_processes_are_counted_and_edited_in_a_copy_only(tmp_path: Path) -> None:
    copy = startup.Copy.make(tmp_path)
    before = (tmp_path / "sim" / "flows" / "emergency.py").read_text()
    assert copy.processes() > 50
    copy.edit("emergency", 7)
    after = (tmp_path / "sim" / "flows" / "emergency.py").read_text()
    assert after.replace("    edited: int = 7\n", "") == before
    first = next(node for node in ast.parse(after).body if isinstance(node, ast.FunctionDef) and node.returns)
    assert "edited" not in ast.unparse(first.args)
    assert (startup.ROOT / "sim" / "flows" / "emergency.py").read_text() == before


def contestants() -> dict[str, object]:
    seconds = {
        COMPILED: 1.0,
        C: 0.8,
        SIMPY_FULL: 80.0,
        SIMPY_NUMPY: 70.0,
        SIMPY_STANDARD: 50.0,
        REFERENCE: 40.0,
        CIW: 400.0,
    }
    return {
        name: {"title": name, "days": 1, "events": 1000, "seconds": [9 * s, s, s / 9], "cpu": [s] * 3, "memory": 5.0}
        for name, s in seconds.items()
    }


def test_ratios_are_of_medians_and_the_faster_lean_script_counts() -> None:
    figures = {"rounds": 3, "missing": [], "contestants": contestants()}
    assert peers.leanest(figures) == SIMPY_STANDARD
    assert [row[2] for row in peers.ratios(figures)] == ["80.0", "50.0", "0.800", "400", "2.00", "1.25"]
    del figures["contestants"][CIW]  # type: ignore[attr-defined]
    assert len(peers.ratios(figures)) == 5


def test_growth_is_compared_with_n_log_n() -> None:
    sizes = [{"people": n, "cpu": 1e-6 * n * math.log(n)} for n in (1000, 10_000, 100_000)]
    assert scale.expected({"sizes": sizes}) == pytest.approx([size["cpu"] for size in sizes])
    linear = [{"people": n, "cpu": 1e-6 * n} for n in (1000, 10_000, 100_000)]
    assert scale.exponent({"sizes": linear}) == pytest.approx(1.0)


def test_the_page_has_the_parts_that_were_measured_and_no_long_lines() -> None:
    figures = {"rounds": 3, "missing": ["Ciw is not installed here"], "contestants": contestants()}
    started = {"cold": 60.0, "warm": [2.0, 3.0, 9.0], "edited": [4.0, 5.0], "processes": 10}
    text = page({part: {"machine": {"cores": "2"}, "figures": f} for part, f in (("w", figures), ("startup", started))})
    assert "Left out: Ciw is not installed here." in text
    assert "| warm, median of 3 | at most 4 s | 3.00 s |" in text
    assert "| compiling, by process (10) | at most 2 s | 5.70 s |" in text
    assert "## Growth" not in text
    assert "`python -m bench --check`" in text
    assert all(len(line) <= 120 for line in text.splitlines() if not line.startswith("|"))


def test_who_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "gcc" in contestant(C).missing()
    assert "Ciw" in contestant(CIW).missing()
    always = (COMPILED, REFERENCE, SIMPY_FULL, SIMPY_NUMPY, SIMPY_STANDARD)
    assert not any(contestant(name).missing() for name in always)
