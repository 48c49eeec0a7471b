"""The public surface: one call for a model of one's own, on both engines, with clear refusals."""

from __future__ import annotations

import re
from enum import IntEnum

import numpy as np
import pytest

from sim import chance
from sim.buffers import Column, World
from sim.engine import EngineError, Records, Resource, run
from sim.engine.program import simulation_for
from sim.engine.records import COLUMNS
from sim.language import Process, hold, record, release, seconds, seize, spawn

NURSE, DOCTOR = 0, 1
UNTIL = 50_000


class Kind(IntEnum):
    NURSE_VISIT = 2
    DOCTOR_VISIT = 5


class Outcome(IntEnum):
    GAVE_UP = 0
    SEEN = 1


def visit(w, patient: int) -> Process[None]:
    who: int = DOCTOR if patient % 3 == 0 else NURSE
    asked: int = w.clock[0]
    got: int = yield seize(who, patience=900)
    started: int = w.clock[0]
    if got:
        yield hold(seconds(chance.exponential(w.run.key, patient, 1, 0, 0, w.clinic.length[who])))
        yield release(who)
        w.count.seen[who] += 1
    kind: int = Kind.DOCTOR_VISIT if who == DOCTOR else Kind.NURSE_VISIT
    yield record(patient, 0, kind, who, asked, started, w.clock[0], got, 0)


def arrivals(w, first: int, gap: float = 300.0) -> Process[None]:
    patient: int = first
    while True:
        yield hold(seconds(chance.exponential(w.run.key, patient, 0, 0, 0, gap)))
        yield spawn(visit(w, patient))
        patient += 1


WORLD = {"clinic.length": np.array([500.0, 900.0]), "count.seen": Column("count.seen", [0, 0], state=True)}
CLINIC = [Resource("nurse", 1), Resource("doctor", 1, [(20_000, 0), (30_000, 1)])]


def clinic(engine: str = "simpy", world=WORLD, **named) -> Records:
    return run([(arrivals, 0), (arrivals, 1000, 500.0)], world, CLINIC, UNTIL, engine=engine, **named)


@pytest.mark.agreement
def test_both_engines_give_the_same_and_the_same_as_a_simulation_made_by_hand() -> None:
    reference, compiled = clinic("simpy", periods=(0, 10_000)), clinic("compiled", periods=(0, 10_000))
    assert len(reference) > 100
    assert reference == compiled
    assert reference.digest() == compiled.digest()
    assert reference.accumulators == compiled.accumulators
    assert reference.world.count.seen.tolist() == compiled.world.count.seen.tolist()
    by_hand = clinic_by_hand()
    assert by_hand.records() == compiled
    assert by_hand.records().accumulators is None


def clinic_by_hand():
    from sim.engine import Program

    key = Column("run.key", chance.stream_key(1, 0))
    world = World.build([key, Column("clinic.length", WORLD["clinic.length"]), WORLD["count.seen"]])
    simulation = simulation_for("simpy", Program([arrivals]), world, CLINIC)
    simulation.start(arrivals, 0)
    simulation.start(arrivals, 1000, 500.0)
    simulation.run(UNTIL)
    return simulation


def test_seed_and_replication_decide_about_the_draws_alone() -> None:
    assert clinic(seed=4, replication=2) == clinic(seed=4, replication=2)
    assert clinic(seed=4, replication=2) != clinic(seed=4, replication=1)
    assert clinic(seed=4, replication=2) != clinic(seed=5, replication=2)
    assert clinic(seed=2**63 - 1) != clinic()


def test_what_is_kept_belongs_to_the_records() -> None:
    records = clinic(periods=(0, 10_000))
    assert records.resources == ("nurse", "doctor")
    seen = [int(np.sum((records.unit == unit) & (records.outcome == 1))) for unit in (NURSE, DOCTOR)]
    assert records.world.count.seen.tolist() == seen
    assert records.world.clock[0] == UNTIL
    totals = records.accumulators
    assert totals.starts.tolist() == [0, 10_000]
    assert totals.capacity_area.sum(axis=0).tolist() == [UNTIL, UNTIL - 10_000]
    # What is kept beside the columns has no part in equality.
    assert records == Records(dict(records.columns()))


def test_a_world_that_is_given_is_copied_and_given_the_key() -> None:
    columns = [Column(path, v) if not isinstance(v, Column) else v for path, v in WORLD.items()]
    world = World.build([Column("run.key", 0), *columns])
    first = clinic(world=world)
    assert first == clinic()
    assert world.count.seen.tolist() == [0, 0]
    assert world.run.key == 0
    # The world at the end can begin another run: the clock starts again, the state goes on.
    again = clinic(world=first.world)
    assert again == first
    assert again.world.count.seen.tolist() == [2 * n for n in first.world.count.seen]


def test_progress_is_told() -> None:
    told: list[int] = []
    run([(arrivals, 0, 1.0)], WORLD, CLINIC, UNTIL, engine="simpy", progress=told.append)
    assert told
    assert told == sorted(told)


# --- tables -----------------------------------------------------------------------------------------------------


def test_a_frame_has_names_instead_of_codes() -> None:
    records = clinic()
    frame = records.frame(kinds=Kind, outcomes=Outcome)
    assert list(frame) == list(COLUMNS)
    assert len(frame) == len(records)
    assert [Kind[name] for name in frame["kind"]] == records.kind.tolist()
    assert [Outcome[name] for name in frame["outcome"]] == records.outcome.tolist()
    assert [records.resources.index(name) for name in frame["unit"]] == records.unit.tolist()
    assert list(frame["unit"].cat.categories) == ["nurse", "doctor"]
    assert frame["started"].tolist() == records.started.tolist()


def test_a_frame_of_codes_keeps_them() -> None:
    records = clinic()
    frame = records.frame(units=False)
    assert all(frame[name].tolist() == column.tolist() for name, column in records.columns())
    without_names = Records(dict(records.columns()))
    assert without_names.frame()["unit"].tolist() == records.unit.tolist()


def rows(**columns: list[int]) -> Records:
    length = len(next(iter(columns.values())))
    return Records({name: np.array(columns.get(name, [0] * length)) for name in COLUMNS})


def test_a_unit_that_is_none_is_missing_and_a_code_without_a_name_is_refused() -> None:
    records = rows(unit=[1, -1, 0], kind=[2, 5, 5])
    records.resources = ("nurse", "doctor")
    frame = records.frame(Kind)
    assert frame["unit"].isna().tolist() == [False, True, False]
    assert frame["kind"].tolist() == ["NURSE_VISIT", "DOCTOR_VISIT", "DOCTOR_VISIT"]
    with pytest.raises(ValueError, match="kind: 2 stands in the records and not in Outcome"):
        records.frame(Outcome)
    records.resources = ("nurse",)
    with pytest.raises(ValueError, match="unit: 1 stands in the records and not in the resources; units=False keeps"):
        records.frame(Kind)
    assert records.frame(Kind, units=False)["unit"].tolist() == [1, -1, 0]


def test_a_frame_without_rows_has_its_columns() -> None:
    empty = rows(unit=[])
    empty.resources = ("nurse",)
    assert list(empty.frame(Kind)) == list(COLUMNS)


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_means_and_counts_of_resources_follow_from_the_rows(engine: str) -> None:
    records = clinic(engine, periods=(0, 20_000, 40_000, 70_000))
    frame = records.resource_frame()
    # Two resources in three periods that had begun; the last ends with the run.
    assert frame["begins"].tolist() == [0, 0, 20_000, 20_000, 40_000, 40_000]
    assert frame["resource"].tolist() == ["nurse", "doctor"] * 3
    nurse, doctor = (frame[frame.resource == name] for name in ("nurse", "doctor"))
    assert nurse["capacity"].tolist() == [1.0, 1.0, 1.0]
    assert doctor["capacity"].tolist() == [1.0, 0.5, 1.0]
    assert (doctor["utilisation"] == doctor["used"] / doctor["capacity"]).all()
    lengths = np.array([20_000, 20_000, 10_000])
    waits = np.where(records.outcome == 1, records.started, records.ended) - records.asked
    of_nurse = waits[records.unit == NURSE]
    without_row = nurse["asked"].sum() - len(of_nurse)  # they wait, or are with the nurse, at the end
    assert of_nurse.sum() <= (nurse["queue"] * lengths).sum() <= of_nurse.sum() + 900 * without_row
    assert 0 < without_row < 10
    whole = clinic(engine).resource_frame().set_index("resource")
    queued = (nurse["queue"] * lengths).sum()
    assert whole.mean_wait["nurse"] == pytest.approx(queued / nurse["asked"].sum())
    assert whole.mean_wait["nurse"] == pytest.approx(of_nurse.mean(), rel=0.05)
    for column in ("asked", "granted", "gave_up", "released"):
        assert nurse[column].sum() == getattr(records.accumulators, column)[:, NURSE].sum() > 0


def test_a_resource_without_capacity_has_no_utilisation() -> None:
    closed = [Resource("nurse", 1), Resource("doctor", 0)]
    frame = run([(arrivals, 0)], WORLD, closed, UNTIL, engine="simpy").resource_frame()
    assert frame["utilisation"].isna().tolist() == [False, True]
    unasked = run([arriving_nowhere], {}, closed, UNTIL, engine="simpy").resource_frame()
    assert unasked["mean_wait"].isna().all()
    with pytest.raises(ValueError, match=r"only records that sim.engine.run returned"):
        rows(unit=[1]).resource_frame()


# --- what cannot be used ----------------------------------------------------------------------------------------


def without_world() -> Process[None]:
    yield hold(1)


def never_yielding(w) -> None:
    pass


async def asynchronous(w):
    yield hold(1)


BEDS = [Resource("bed", 1)]
BARE = World.build([Column("clinic.length", [1.0])])
WRONG = [
    ({"engine": "fast"}, "engine: 'fast' given, 'compiled' or 'simpy' needed"),
    ({"until": -1}, "until: -1 given, 0 to 2**61 - 1 needed"),
    ({"until": 7.0}, "until: 7.0 given, a whole number needed"),
    ({"until": 1 << 61}, f"until: {1 << 61} given, 0 to 2**61 - 1 needed"),
    ({"seed": -1}, "seed: -1 given, 0 to 2**63 - 1 needed"),
    ({"seed": 1 << 63}, f"seed: {1 << 63} given, 0 to 2**63 - 1 needed"),
    ({"seed": "1"}, "seed: '1' given, a whole number needed"),
    ({"replication": -3}, "replication: -3 given, 0 to 2**63 - 1 needed"),
    ({"periods": (0, 1.5)}, "periods: 1.5 given, a whole number needed"),
    ({"processes": []}, "processes: none given, at least 1 needed"),
    ({"processes": arrivals}, "processes: arrivals given, a list of generator functions needed"),
    ({"processes": "arrivals"}, "processes: 'arrivals' given, a list of generator functions needed"),
    ({"processes": ["arrivals"]}, "processes: 'arrivals' given, a function that yields commands needed"),
    ({"processes": [()]}, "processes: () given, a function that yields commands needed"),
    ({"processes": [arrivals(None, 0)]}, "processes: arrivals(...) given; name the function, arrivals or (arrivals, arguments), alone"),
    ({"processes": [never_yielding]}, "processes: never_yielding has no yield: it is a rule, not a process"),
    ({"processes": [asynchronous]}, "processes: asynchronous given, a function that yields commands needed"),
    ({"processes": [arrivals]}, "processes: arrivals: missing a required argument: 'first'"),
    ({"processes": [(arrivals, 1, 2.0, 3)]}, "processes: arrivals: too many positional arguments"),
    ({"processes": [without_world]}, "processes: without_world: its first parameter must be the world, w"),
    ({"processes": [(arrivals, 1.5)]}, "processes: arrivals: first: 1.5 given, a whole number (int) needed"),
    ({"processes": [(arrivals, "1")]}, "processes: arrivals: first: '1' given, a number needed"),
    ({"processes": [(arrivals, [1])]}, "processes: arrivals: first: [1] given, a number needed"),
    ({"world": BARE}, "world: it has no column run.key; add Column('run.key', 0), which the run sets"),
    ({"world": {"run.key": 5}}, "world: run.key follows from seed and replication; leave it out"),
    ({"world": None}, "world: NoneType given, a mapping of 'group.name' to values, or a World needed"),
    ({"world": {1: 5}}, "world: 1 given, the path of a column, 'group.name', needed"),
    ({"world": {"length": 5}}, "length: a column is called group.name"),
    ({"world": {"a.b": "text"}}, "a.b: needs numbers in at most two dimensions, got <U4 ()"),
    ({"world": {"a.b": Column("a.c", 1)}}, "world: the column 'a.c' is given as 'a.b'"),
    ({"resources": BEDS[0]}, "resources: Resource(name='bed', capacity=1, changes=()) given, a list of Resource needed"),
    ({"resources": ["bed"]}, "resources: 'bed' given, Resource(name, capacity) needed"),
    ({"resources": [Resource("bed", 1.5)]}, "resources: bed: capacity 1.5, a whole number needed"),
]  # fmt: skip


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
@pytest.mark.parametrize(("wrong", "text"), WRONG, ids=[text[:40] for _, text in WRONG])
def test_arguments_that_cannot_be_used_are_named(engine: str, wrong, text: str) -> None:
    given = {"processes": [(arrivals, 0)], "world": WORLD, "resources": CLINIC, "until": 10, "engine": engine}
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        run(**{**given, **wrong})


def test_faults_of_the_model_are_engine_errors() -> None:
    with pytest.raises(EngineError, match="bed: two resources have this name"):
        run([(arrivals, 0)], WORLD, BEDS * 2, 10, engine="simpy")
    with pytest.raises(EngineError, match="bed: capacity -1 is negative"):
        run([(arrivals, 0)], WORLD, [Resource("bed", -1)], 10, engine="simpy")
    with pytest.raises(EngineError, match="periods begin at 0 and ascend"):
        clinic(periods=(5, 10))
    with pytest.raises(EngineError, match=r"test_surface.py:\d+: process visit at \d+ s: resource 1: there is no such"):
        run([(arrivals, 0)], WORLD, BEDS, 5000, engine="simpy")


def test_whole_numbers_of_any_kind_are_taken() -> None:
    given = [(arrivals, np.int32(0)), (arrivals, True, 500)]
    made = [run(given, WORLD, CLINIC, np.int64(UNTIL), np.uint8(1), engine=e) for e in ("simpy", "compiled")]
    assert made[0] == made[1] == run([(arrivals, 0), (arrivals, 1, 500.0)], WORLD, CLINIC, UNTIL, engine="simpy")


def assigns_a_scalar(w) -> Process[None]:
    w.clinic.length = 3
    yield hold(1)


def misspells(w) -> Process[None]:
    yield hold(w.clinic.lenght[0])


def swaps(w) -> Process[None]:
    yield hold(seconds(chance.exponential(0.5, w.run.key, 0, 0, 0, 0)))


def arriving_nowhere(w) -> Process[None]:
    yield hold(1)


def half(w) -> Process[None]:
    yield hold(seconds(chance.exponential(w.run.key, 0.5, 0, 0, 0, 1.0)))  # type: ignore[arg-type]


def names(w) -> Process[None]:
    yield seize("nurse")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("process", "says"),
    [
        (assigns_a_scalar, " at 0 s: length: flows write state columns"),
        (misspells, " at 0 s: AttributeError: the world has no column 'lenght'"),
        (swaps, " at 0 s: person 618321651298577518: a key has 0 to 4,294,967,295"),
        (half, " at 0 s: an argument of a draw is not a number of the type it needs"),
        (names, ": seize: resource needs a whole number (int), not a str"),
    ],
)
def test_the_reference_engine_tells_the_line_of_the_model(process, says: str) -> None:
    with pytest.raises(EngineError) as found:
        run([process], WORLD, CLINIC, UNTIL, engine="simpy")
    assert re.match(rf"test_surface\.py:\d+: process {process.__name__}{re.escape(says)}", str(found.value))


def without_world() -> Process[None]:
    yield hold(1)


def without_yield(w) -> None:
    hold(1)


@pytest.mark.parametrize(
    ("processes", "named", "says"),
    [
        ([without_world], {}, "processes: without_world: its first parameter must be the world, w"),
        ([without_yield], {}, "processes: without_yield has no yield"),
        ((arrivals, 0), {}, "processes: a tuple given, a list needed"),
        ([(arrivals, 0)], {"periods": 0}, "periods: 0 given, a list of times needed"),
        ([(arrivals, 0)], {"limits": 5}, "limits: 5 given"),
    ],
)
def test_arguments_a_newcomer_gives(processes, named, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        run(processes, WORLD, CLINIC, UNTIL, engine="simpy", **named)


def test_kinds_are_an_enumeration() -> None:
    with pytest.raises(ValueError, match=r"kinds: .* an IntEnum needed"):
        clinic().frame(kinds={2: "visit"})  # type: ignore[arg-type]
