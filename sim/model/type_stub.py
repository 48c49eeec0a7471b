"""The types of the world (typer): what a type checker sees when a flow says ``w.people.segment[person]``.

Made from the columns of ``sim.model.state``, the services and the list of parameters:
``python -m sim.model.type_stub`` writes ``sim/model/typed.py`` anew; a test holds it to what stands in these lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sim.model.state import (
    AREAS,
    MUNICIPALITIES_INPUT,
    MUNICIPALITIES_STATE,
    NOT_IN_WORLD,
    PEOPLE_DRAWN,
    PEOPLE_INPUT,
    PEOPLE_STATE,
    RUN,
    TEAMS_LEVERS,
    TEAMS_STATE,
    WARDS,
    Field,
)
from sim.scenario.parameters import PARAMETERS
from sim.scenario.schema import Parameter
from sim.vocabulary import Service

FILE = Path(__file__).with_name("typed.py")
HEAD = '''"""What the flows see of the world: made by ``python -m sim.model.type_stub``, not to be edited."""

from __future__ import annotations

from typing import Protocol


class Whole(Protocol):
    """A column of whole numbers, to be read."""

    def __getitem__(self, row: int) -> int: ...


class WholeState(Whole, Protocol):
    """A column of whole numbers that flows may write."""

    def __setitem__(self, row: int, value: int) -> None: ...


class WholeRows(Protocol):
    """Rows of whole numbers, to be read."""

    def __getitem__(self, place: tuple[int, int]) -> int: ...


class WholeRowsState(WholeRows, Protocol):
    """Rows of whole numbers that flows may write."""

    def __setitem__(self, place: tuple[int, int], value: int) -> None: ...


class Decimal(Protocol):
    """A column of floats, to be read."""

    def __getitem__(self, row: int) -> float: ...


class DecimalState(Decimal, Protocol):
    """A column of floats that flows may write."""

    def __setitem__(self, row: int, value: float) -> None: ...


class DecimalRows(Protocol):
    """Rows of floats, to be read."""

    def __getitem__(self, place: tuple[int, int]) -> float: ...


class DecimalRowsState(DecimalRows, Protocol):
    """Rows of floats that flows may write."""

    def __setitem__(self, place: tuple[int, int], value: float) -> None: ...
'''
Member = tuple[str, str, str]
"""Name, type and meaning of a column."""


def text() -> str:
    """The module of types, whole."""
    groups = members()
    parts = [HEAD, *(_class(_title(group), group, found) for group, found in groups.items())]
    whole = [(group, _title(group), "") for group in groups]
    clock = [("clock", "Whole", "Now, in seconds since time 0, at index 0.")]
    return "\n\n".join([*parts, _class("World", "the world of one replication", [*clock, *whole])])


def members() -> dict[str, list[Member]]:
    """Columns by group."""
    groups: dict[str, list[Member]] = {
        "run": [(f.name, "int", _told(f)) for f in RUN],
        "people": [*_columns((*PEOPLE_INPUT, *PEOPLE_DRAWN)), *_columns(PEOPLE_STATE, state=True)],
        "areas": list(_columns(AREAS)),
        "municipalities": [*_columns(MUNICIPALITIES_INPUT), *_columns(MUNICIPALITIES_STATE, state=True)],
        "teams": [*((f.name, "DecimalRows", _told(f)) for f in TEAMS_LEVERS), *_columns(TEAMS_STATE, state=True)],
        "units": [(name, "Whole", "Numbers of its units.") for name in (*_services(), *WARDS)],
        "population": [("hazard", "DecimalRows", "Yearly death rates by age band and segment.")],
    }
    for parameter in PARAMETERS:
        group, _, name = parameter.path.partition(".")
        kind = _type(parameter)
        if group not in NOT_IN_WORLD and kind:
            groups.setdefault(group, []).append((name, kind, f"{parameter.doc} ({parameter.unit})"))
    return groups


def _services() -> list[str]:
    return [service.name.lower() for service in Service]


def _columns(fields: Iterable[Field], state: bool = False) -> Iterator[Member]:
    for field in fields:
        kind = ("Decimal" if field.decimal else "Whole") + ("Rows" if field.width > 1 else "")
        yield field.name, kind + ("State" if state else ""), _told(field)


def _told(field: Field) -> str:
    return f"{field.meaning} ({field.unit})"


def _type(parameter: Parameter) -> str:
    """Type of a parameter in the world; empty if it is not there. Levers have a row for each governance."""
    dimensions = len(parameter.by) + parameter.lever
    whole = parameter.flag or parameter.integer
    scalar = "int" if whole else "float"
    names = (scalar, "Whole" if whole else "Decimal", "WholeRows" if whole else "DecimalRows")
    return "" if parameter.choices or dimensions >= len(names) else names[dimensions]


def _title(group: str) -> str:
    return "".join(part.capitalize() for part in group.split("_"))


def _class(name: str, what: str, found: Sequence[Member]) -> str:
    lines = [f"class {name}:", f'    """Columns of {what}."""', ""]
    for column, kind, meaning in found:
        lines.append(f"    {column}: {kind}")
        if meaning:
            lines.append(f'    """{meaning}"""')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
