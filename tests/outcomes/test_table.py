"""The registry, the table and the page about them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.engine.records import Records
from sim.outcomes import OUTCOMES, OutcomeTable, PeopleTable, measure
from sim.outcomes.describe import page
from sim.outcomes.names import SPLIT, TOTALS, Source
from sim.vocabulary import STAY_PLANNED, TAG_GROUP, TAG_SEGMENT, Kind, Level, Outcome, Segment
from tests.outcomes.builder import DAY, NO_PRICES, UNITS, YEAR_ONE, Diary, people

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def world() -> tuple[Records, PeopleTable]:
    """Some random rows of all sorts over two years."""
    random = np.random.default_rng(7)
    number = 60
    diary = Diary()
    for person in range(number):
        time = 0
        tag = int(random.integers(4)) * TAG_GROUP + int(random.integers(4)) * TAG_SEGMENT
        while time < YEAR_ONE.end - 40 * DAY:
            time += int(random.integers(DAY, 90 * DAY))
            stop = time + int(random.integers(DAY, 20 * DAY))
            detail = tag + int(random.integers(1 << 10))
            diary.stay(time, stop, detail, person=person)
            diary.ready(stop - int(random.integers(DAY)), stop, person=person, detail=detail)
            diary.add(Kind.GP_VISIT, stop + 9, stop + 9 + int(random.integers(9 * DAY)), person=person, detail=tag)
            diary.add(
                Kind.EMERGENCY_VISIT,
                time - 900,
                time - 300,
                time,
                Outcome.ADMITTED,
                person=person,
                detail=tag,
            )
            time = stop
    table = people(
        number,
        municipality=random.integers(0, 2, number).tolist(),
        segment=random.integers(0, 4, number).tolist(),
        chronic=random.integers(0, 2, number).tolist(),
    )
    return diary.records(), table


@pytest.fixture(scope="module")
def table(world: tuple[Records, PeopleTable]) -> OutcomeTable:
    return measure(*world, UNITS, None, YEAR_ONE, dict.fromkeys(NO_PRICES, 1.0))


def test_every_margin_of_a_total_adds_up(table: OutcomeTable) -> None:
    for name in (*TOTALS, "cost_region_sek", "cost_municipality_sek"):
        total = table.value(name)
        for margin in ("group", "segment", "municipality", "period"):
            parts = [
                value
                for m, value in zip(table.margins, table.values[table.outcomes.index(name)], strict=True)
                if getattr(m, margin) != "all"
            ]
            assert sum(parts) == pytest.approx(total), (name, margin)


def test_the_split_is_exclusive_and_complete(table: OutcomeTable) -> None:
    for group in ("all", "simple", "complicated", "chronic", "multi_ill"):
        parts = [table.value(name, group=group) for name in SPLIT]
        assert sum(parts) == pytest.approx(table.value("hospital_days", group=group))
        assert sum(parts[:4]) == pytest.approx(table.value("labelled_days", group=group))
        assert group != "all" or min(parts) > 0


def test_the_same_records_give_the_same_table(world: tuple[Records, PeopleTable], table: OutcomeTable) -> None:
    again = measure(*world, UNITS, None, YEAR_ONE, dict.fromkeys(NO_PRICES, 1.0))
    assert np.array_equal(again.values, table.values, equal_nan=True)
    assert list(again.rows()) == list(table.rows())


def test_rows_are_tidy(table: OutcomeTable) -> None:
    rows = list(table.rows())
    assert len({row[:5] for row in rows}) == len(rows)
    assert all(sum(name != "all" for name in row[1:5]) <= 1 for row in rows)
    assert all(np.isfinite(row.value) for row in rows)
    assert {row.unit for row in rows if row.outcome == "hospital_days"} == {"days"}
    assert [row.outcome for row in rows] == sorted((row.outcome for row in rows), key=list(OUTCOMES).index)


def test_the_cross_has_everything(table: OutcomeTable, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "cross.parquet"
    table.write_cross(path)
    frame = pq.read_table(path).to_pandas()
    mine = frame[frame.outcome == "hospital_days"]
    assert mine.value.sum() == pytest.approx(table.value("hospital_days"))
    some = mine[(mine["group"] == "chronic")]
    assert some.value.sum() == pytest.approx(table.value("hospital_days", group="chronic"))
    assert len(frame) == sum(1 for _ in table.cross_rows())


def test_a_part_of_the_people_and_the_rest_make_all(world: tuple[Records, PeopleTable], table: OutcomeTable) -> None:
    records, everybody = world
    some = everybody.municipality == 0
    parts = [
        measure(records, everybody, UNITS, None, YEAR_ONE, NO_PRICES, persons=mask).strata for mask in (some, ~some)
    ]
    assert np.array_equal(parts[0] + parts[1], table.strata)


def test_ratios_are_of_outcomes_that_exist() -> None:
    for info in OUTCOMES.values():
        if info.source is Source.RATIO:
            assert info.numerator in OUTCOMES, info.name
            assert info.denominator in OUTCOMES, info.name


def test_every_outcome_is_told_in_full() -> None:
    for name, info in OUTCOMES.items():
        assert name == info.name
        assert info.unit, name
        assert info.definition.endswith("."), name
        assert info.swedish, name
        assert info.better in ("", "lower", "higher"), name


def test_the_page_is_up_to_date() -> None:
    written = Path("docs/outcomes.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m sim.outcomes.describe > docs/outcomes.md"


def test_unknown_names_are_refused(table: OutcomeTable) -> None:
    with pytest.raises(KeyError, match="no outcome 'hospital_dayz'"):
        table.value("hospital_dayz")
    with pytest.raises(KeyError, match="no margin"):
        table.value("hospital_days", municipality="Nowhere")
    with pytest.raises(KeyError, match="not kept by age class"):
        table.stratum("wait_gp_visit_median")


def test_hidden_level_and_planned_are_of_the_first_stay() -> None:
    """A planned spell is never preventable, whatever its level bits say."""
    diary = Diary().stay(YEAR_ONE.start, YEAR_ONE.start + 5 * DAY, STAY_PLANNED + Level.SELF_CARE)
    found = measure(diary.records(), people(segment=Segment.OTHER), UNITS, None, YEAR_ONE, NO_PRICES)
    assert found.value("preventable_days") == 0
