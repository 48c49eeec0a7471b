"""docs/porting.md: its code runs, ports equal their SimPy originals, and what it says of the language holds."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sim.engine import LoweringError, Resource, run
from sim.engine.records import COLUMNS

pytestmark = pytest.mark.docs
PAGE = (Path(__file__).parents[2] / "docs" / "porting.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def loaded(path: Path, text: str) -> ModuleType:
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """All code of the page, one block after the other, as a file."""
    return loaded(tmp_path_factory.mktemp("page") / "porting_page.py", "\n".join(BLOCKS))


@pytest.mark.parametrize("idiom", ["reneging", "balking", "blocking"])
def test_a_port_gives_the_times_of_its_original(page: ModuleType, idiom: str) -> None:
    records, original = getattr(page, idiom), getattr(page, f"{idiom}_in_simpy")
    assert len(original) > 1_000
    assert sorted(page.rows_of(records)) == sorted(original)
    if idiom != "blocking":
        assert 10 < (records.started < 0).sum() < len(records) / 2


@pytest.mark.parametrize("model", ["renege_arrivals", "balk_arrivals", "block_arrivals", "by_hour"])
def test_both_engines_give_the_same(page: ModuleType, model: str) -> None:
    resources = [Resource("nurse", 1, page.SHIFTS), Resource("bed", 3)]
    world = {"arrivals.per_hour": page.PER_HOUR}
    found = [run([getattr(page, model)], world, resources, 50 * page.HOUR, engine=e) for e in ("simpy", "compiled")]
    assert found[0] == found[1]
    assert found[0].accumulators == found[1].accumulators


def test_arrivals_come_when_they_should(page: ModuleType) -> None:
    assert page.booked.asked.tolist() == [0, 0, 900, 5400]
    by_hour = np.bincount(page.varying.asked // page.HOUR % 24, minlength=24).reshape(3, 8).sum(axis=1)
    rates = by_hour / by_hour.sum()
    assert rates == pytest.approx([2 / 17, 10 / 17, 5 / 17], abs=0.04)


def test_replications_say_what_a_second_nurse_does(page: ModuleType) -> None:
    paired = page.paired.set_index("measure")
    assert (paired.high < 0).all()
    assert page.precise.precision["model"]["reason"] == "reached"


def test_widths_of_columns_are_those_of_records() -> None:
    for names, bits in re.findall(r"^\| (`[^|]*`) \| (\d+) bits", PAGE, re.MULTILINE):
        for name in re.findall(r"`(\w+)`", names):
            assert np.dtype(COLUMNS[name]).itemsize * 8 == int(bits), name
    assert all(f"`{name}`" in PAGE for name in COLUMNS)


REFUSED = {
    "a list": "things = [1, 2]",
    "a dictionary": "things = {1: 2}",
    "a text": "thing: int = len('three')",
    "a comprehension": "thing: int = sum(i for i in range(3))",
    "a function without a name": "f = lambda: 3",
    "try": "try:\n        yield hold(1)\n    finally:\n        pass",
    "with": "with open('x'):\n        yield hold(1)",
    "random": "thing: float = random.random()",
    "numpy": "thing: float = np.random.random()",
    "round": "thing: int = round(3.5)",
    "print": "print(3)",
    "global": "global flow",
    "a yield in an expression": "thing: int = 1 + (yield hold(1))",
    "formatted text": "thing: int = len(f'{w.clock[0]}')",
    "no type": "thing = 3",
    "a float in a whole number": "thing: int = 3.5",
}


@pytest.mark.parametrize("written", REFUSED.values(), ids=list(REFUSED))
def test_what_the_page_says_is_refused_is(tmp_path: Path, written: str) -> None:
    text = (
        "import random\n\nimport numpy as np\n\nfrom sim.language import Process, hold\n\n\n"
        f"def flow(w) -> Process[None]:\n    yield hold(1)\n    {written}\n"
    )
    module = loaded(tmp_path / "refused.py", text)
    with pytest.raises(LoweringError, match=r"refused\.py:\d+: flow"):
        run([module.flow], {}, [], 10)
