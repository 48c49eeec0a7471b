"""The example of docs/engine.md runs on both engines, and what the page says of it holds."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from sim.engine.showing import show
from sim.vocabulary import DAY

PAGE = Path(__file__).parents[2] / "docs" / "engine.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """All code of the page, one block after the other, as a file."""
    path = tmp_path_factory.mktemp("page") / "hospital_of_the_page.py"
    path.write_text("\n".join(BLOCKS), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.docs
def test_the_model_is_complete_and_short() -> None:
    lines = [line for line in BLOCKS[0].splitlines() if line.strip()]
    assert len(lines) < 50
    for word in ("Resource(", "SHIFTS", "priority=", "patience=", "seize_first(", "IntEnum", "run("):
        assert word in BLOCKS[0], word


@pytest.mark.docs
@pytest.mark.agreement
def test_both_engines_give_the_same(page: ModuleType) -> None:
    reference, compiled = page.simulate(3, engine="simpy"), page.simulate(3, engine="compiled")
    assert reference == compiled
    assert reference.accumulators == compiled.accumulators
    assert len(compiled) > 5_000


@pytest.mark.docs
def test_the_model_does_what_it_is_there_to_show(page: ModuleType) -> None:
    seen = page.seen.assign(hours=page.hours)
    visits, stays = seen[seen.kind == "VISIT"], seen[seen.kind == "STAY"]
    urgent, others = visits[visits.detail == 1], visits[visits.detail == 0]
    assert urgent.hours.mean() < 0.6 * others.hours.mean()  # priority
    assert 0.0 < page.table.outcome.eq("LEFT").mean() < 0.1  # patience
    assert {"medicine", "surgery"} == set(stays[stays.detail == 1].unit)  # seize_first: lodgers in both wards
    doctors = page.use[(page.use.resource == "doctors") & (page.use.begins == page.WARM_UP)]
    assert doctors.capacity.item() == pytest.approx((8 * 1 + 12 * 3 + 4 * 2) / 24)  # shifts
    result = page.result
    left = result.means().set_index(["variant", "measure"])["mean"]["48 beds", "left"]
    assert len(set(result.values[:, 0, 0])) == result.replications == 10
    assert 0.0 < left < 0.1
    difference = result.differences().set_index("measure").loc["hours for a bed"]
    assert difference.difference < 0.0  # more beds, for the same patients
    assert difference.variance_ratio > 1.0
    assert page.precise.precision["model"]["reason"] in ("reached", "cap")


@pytest.mark.docs
def test_the_state_machine_of_the_page_is_the_one_that_is_shown(page: ModuleType) -> None:
    (text,) = re.findall(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert text in show(page.stay, page.WORLD) + "\n"


@pytest.mark.docs
def test_the_fork_of_the_page_has_fewer_beds(page: ModuleType) -> None:
    beds = page.fewer_beds.accumulators().capacity_area[1, page.MEDICINE]
    assert beds == 40 * (page.UNTIL - page.WARM_UP) == 40 * 90 * DAY
    assert page.fewer_beds.records() != page.records
