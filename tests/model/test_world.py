"""The columns of the world: declared once, built and typed from that."""

from __future__ import annotations

import ast
import subprocess
import sys

from sim.model import type_stub
from sim.model.services import ROWS
from sim.model.state import PEOPLE_STATE
from sim.model.units import unit_table
from sim.model.world import setting
from sim.scenario import load
from sim.vocabulary import Place, Service


def test_types_are_those_that_the_lists_make() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "-", "--line-length", "120"],
        input=type_stub.text(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert type_stub.FILE.read_text(encoding="utf-8") == made.stdout, "python -m sim.model.type_stub; ruff format"


def test_every_column_of_a_world_has_its_type_and_no_type_is_without_a_column() -> None:
    world = setting(load("shipped:vannas"), 1, 0).world
    typed = {f"{group}.{name}": kind for group, found in type_stub.members().items() for name, kind, _ in found}
    assert set(typed) == set(world.places)
    for path, kind in typed.items():
        place = world.places[path]
        whole = world.array(path).dtype.kind == "i"
        dimensions = len(place.shape)
        expected = (
            ("int", "Whole", "WholeRows")[dimensions] if whole else ("float", "Decimal", "DecimalRows")[dimensions]
        )
        assert kind.removesuffix("State") == expected, path
        if kind.endswith("State"):
            assert place.state, path


def test_people_begin_at_the_stated_values() -> None:
    world = setting(load("shipped:vannas"), 1, 0).world
    for field in PEOPLE_STATE:
        assert (world.array(f"people.{field.name}") == field.initial).all(), field.name
    assert (world.array("people.at") == Place.NOT_YET).all()
    assert (world.array("teams.queue_head") == -1).all()


def test_the_flows_import_the_types_only_for_the_checker() -> None:
    for path in (type_stub.FILE.parents[1] / "flows").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            assert not (isinstance(node, ast.ImportFrom) and node.module == "sim.model.typed"), path


def test_every_service_with_a_unit_has_one_row_and_units_come_in_the_order_of_the_rows() -> None:
    services = [row.service for row in ROWS]
    assert len(set(services)) == len(services)
    assert set(Service) - set(services) == {Service.PLACE_MOST_ILL, Service.PLACE_FAILING}
    found = [unit.service for unit in unit_table(load("shipped:umea-lansdel").region)]
    assert list(dict.fromkeys(found)) == services
