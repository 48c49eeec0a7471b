"""Lowered code to read: every flow and rule of the model, beside its source, without compiling."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from sim.cli import INVALID, main
from sim.engine import LoweringError
from sim.engine.showing import Flows, show
from sim.language import Process, hold, record, release, seize, seize_first, spawn
from sim.model.world import setting
from sim.replication.beginning import PROCESSES
from sim.scenario import load

WORLD = {"ward.beds": [4, 2], "ward.days": 2.5, "count.left": [0], "table.of": [[1, 2], [3, 4]]}


def length(w, ward: int) -> int:
    total = 0
    for day in range(w.ward.beds[ward]):
        if day == 3:
            continue
        total += day // len(w.ward.beds)
    return total + int(w.ward.days) + w.table.of[ward, 1]


def leaving(w, ward: int) -> Process[int]:
    yield hold(60)
    return ward + 1


def stay(w, ward: int, days: float = 1.5) -> Process[None]:
    """A stay on a ward."""
    asked: int = w.clock[0]
    got: int = yield seize(
        ward,
        patience=3600,
    )
    while got > 0:
        yield hold(length(w, ward))
        got -= 1
    got = yield seize_first(0, 1, priority=2)
    yield release(got)
    yield spawn(stay(w, ward))
    ward = yield from leaving(w, ward)
    yield record(ward, 0, 0, 0, asked, 0, w.clock[0], 0, 0)


STAY = """
  process with 10 states; w stands for the clock and the world's buffers
  goes on after waiting at 1 (line +3, seize), 4 (line +8, hold), 5 (line +10, seize_first), 8 (line +13, call)
  frame: ward ints[0], days floats[0], asked ints[1], got ints[2]

   +0  def stay(w, ward: int, days: float = 1.5) -> Process[None]:
   +1      \"""A stay on a ward.\"""
   +2      asked: int = w.clock[0]
           0 | asked = w.clock[0]
   +3      got: int = yield seize(
   +4          ward,
   +5          patience=3600,
   +6      )
           0 | seize(ward, patience=3600) -> 1 (may wait)
           1 | got = sent
   +7      while got > 0:
           1 | go to 2
           2 | if not got > 0:
           2 |     go to 3
   +8          yield hold(length(w, ward))
           2 | hold(length(w, ward)) -> 4 (waits)
   +9          got -= 1
           4 | got = got - 1
           4 | count the rounds of the loop
           4 | go to 2
  +10      got = yield seize_first(0, 1, priority=2)
           3 | seize_first(0, 1, priority=2) -> 5 (may wait)
           5 | got = sent
  +11      yield release(got)
           5 | release(got) -> 6
  +12      yield spawn(stay(w, ward))
           6 | spawn(stay(w, ward, 1.5)) -> 7
  +13      ward = yield from leaving(w, ward)
           7 | call leaving(w, ward) -> 8 (may wait inside)
           8 | ward = sent
  +14      yield record(ward, 0, 0, 0, asked, 0, w.clock[0], 0, 0)
           8 | record(ward, 0, 0, 0, asked, 0, w.clock[0], 0, 0) -> 9
           9 | return 0
"""


def relative(text: str, function) -> str:
    """Numbers of lines from the first of the function, and no title."""
    first = inspect.getsourcelines(function)[1]
    title, _, rest = text.partition("\n")
    assert title.endswith(f"test_show.py:{first}")
    for offset in range(60):
        rest = rest.replace(f"\n{first + offset:>5}  ", f"\n{f'+{offset}':>5}  ")
        rest = rest.replace(f"(line {first + offset},", f"(line +{offset},")
    return rest


def test_a_process_stands_beside_its_states() -> None:
    assert relative(show(stay, WORLD), stay) == STAY.strip("\n")


RULE = """
  rule, lowered for (ward: int): one function, no states

   +0  def length(w, ward: int) -> int:
   +1      total = 0
             | total = 0
   +2      for day in range(w.ward.beds[ward]):
             | for _t1 in range(0, w.ward.beds[ward], 1):
             |     day = _t1
             |     count the rounds of the loop
   +3          if day == 3:
             |     if day == 3:
   +4              continue
             |         continue
   +5          total += day // len(w.ward.beds)
             |     total = total + floor_divide(day, len(w.ward.beds))
   +6      return total + int(w.ward.days) + w.table.of[ward, 1]
             | return total + truncate(w.ward.days) + w.table.of[ward, 1]
"""


def test_a_rule_stands_beside_what_it_became() -> None:
    assert relative(show(length, WORLD), length) == RULE.strip("\n")


def untyped(w, ward) -> int:
    return ward


def impossible(w) -> Process[None]:
    yield [hold(1)]


def test_what_cannot_be_shown_is_named() -> None:
    with pytest.raises(ValueError, match="untyped: a rule is shown for given types; annotate its parameters"):
        show(untyped, WORLD)
    with pytest.raises(LoweringError, match=r"test_show.py:\d+: impossible: "):
        show(impossible, WORLD)


# --- the care model ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def flows() -> Flows:
    return Flows(PROCESSES, setting(load("shipped:vannas"), 1, 0).world)


def test_every_flow_and_rule_of_the_model_can_be_shown(flows: Flows) -> None:
    names = list(flows.names())
    assert len(names) > 200
    for name in names:
        for shown in flows.show(name):
            numbers = [row.number for row in shown.rows if row.number is not None]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), name
            text = str(shown)
            assert not any(word in text for word in ("_command", "_int_state", "_float_input", "_ints[")), name


def test_the_table_counts_states_and_waits(flows: Flows) -> None:
    table = {name: (place, states, waits) for name, place, states, waits in flows.table()}
    assert len(table) == len(flows.processes)
    assert all(0 <= waits < states for _, states, waits in table.values())
    assert table["life.everybody"][1] > 1
    shown = str(flows.show("deterioration")[0])
    place, states, waits = table["episode.deterioration"]
    assert shown.startswith(f"episode.deterioration  {place}\n  process with {states} states;")
    assert len(shown.split("goes on after waiting at ")[1].split("\n")[0].split("), ")) == waits


def test_names_may_carry_their_module(flows: Flows) -> None:
    (shown,) = flows.show("deterioration")
    assert flows.show("episode.deterioration") == flows.show("sim.flows.episode.deterioration") == [shown]
    assert flows.show("seconds")[0].title.startswith("language.seconds  ")


def test_unknown_names_are_told_the_nearest(flows: Flows) -> None:
    with pytest.raises(
        ValueError, match=r"^deteriorate: no flow and no rule has this name; did you mean deterioration"
    ):
        flows.show("deteriorate")
    with pytest.raises(ValueError, match=r"^episod.deterioration: .* did you mean episode.deterioration"):
        flows.show("episod.deterioration")
    with pytest.raises(ValueError, match=r"^qqqq: no flow and no rule has this name$"):
        flows.show("qqqq")


def twin(w) -> Process[None]:
    yield hold(1)


def test_names_that_several_have_are_refused() -> None:
    namesake = type(twin)(twin.__code__, {**globals(), "__name__": "another.place"}, "twin")
    namesake.__module__ = "another.place"
    both = Flows([twin, namesake], setting(load("shipped:vannas"), 1, 0).world)
    with pytest.raises(ValueError, match=r"^twin: several have this name: place.twin, test_show.twin$"):
        both.show("twin")
    assert both.show("place.twin")


# --- the command ------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NARVARD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_command_shows_one_flow_and_compiles_nothing(capsys: pytest.CaptureFixture[str], empty_cache: Path) -> None:
    assert main(["engine", "--show", "deterioration"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("episode.deterioration  ")
    assert "def deterioration(w: World, person: int, need: int)" in text
    assert "           0 | onset = w.clock[0]\n" in text
    assert not list(empty_cache.rglob("*.py"))


def test_the_command_lists_flows_and_facts(capsys: pytest.CaptureFixture[str], empty_cache: Path, flows: Flows) -> None:
    import numba

    assert main(["engine"]) == 0
    text = capsys.readouterr().out
    assert text.splitlines()[0].split() == ["flow", "file", "states", "after", "waiting"]
    assert all(name in text for name, *_ in flows.table())
    functions = len(flows.tasks())
    assert f"{len(flows.processes)} flows; of the model 0 of {functions} functions are compiled" in text
    assert f"{empty_cache}: 0 compiled functions, 0.0 MB" in text
    assert f"numba {numba.__version__}," in text


def test_the_command_refuses_an_unknown_name_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["engine", "--show", "deteriorate"]) == INVALID
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.startswith("deteriorate: no flow and no rule has this name; did you mean deterioration")
