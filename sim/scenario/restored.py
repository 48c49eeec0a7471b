"""A scenario as plain data, and made again from it without its files (återställt scenario).

The data hold what was resolved, and where each value stood; the four tables of the region lie beside them as copies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from sim.names import name_problem
from sim.scenario.reader import default_schema
from sim.scenario.region import TABLES, Region, csv_of, read_region
from sim.scenario.scenario import Leaf, Scenario, Value, as_kind, dtype_of, frozen, members_of
from sim.scenario.schema import Parameter, Scalar, Schema

LEAF = tuple(field.name for field in fields(Leaf))


class NotRestored(ValueError):
    """Data of which no scenario can be made: damaged, changed, or of a version with other parameters."""


def plain(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain data, for JSON: ``resolved`` and what the table of sources needs.

    Folders of files are left out, so that the data are the same wherever the files lie.
    """
    return scenario.resolved() | {
        "note": scenario.note,
        "files": [Path(name).name for name in scenario.files],
        "sources": dict(scenario.sources),
        "leaves": [_plain_leaf(leaf) for leaf in scenario.leaves()],
        "parents": dict(scenario.parents),
    }


def _plain_leaf(leaf: Leaf) -> list[Any]:
    """Fields of a leaf in their order."""
    found = asdict(leaf) | {"file": Path(leaf.file).name}
    return [found[name] for name in LEAF]


def region_copies(region: Region) -> dict[str, bytes]:
    """The tables of a region as CSV, by name of the file: what was read, however it was written."""
    return {name: csv_of(region, name).encode() for name in TABLES}


def restored(data: Mapping[str, Any], region: Path, path: Path) -> Scenario:
    """The scenario that ``plain`` made data of.

    Parameters
    ----------
    data
        From ``plain``, through JSON or not.
    region
        Folder with the copies of the region's tables.
    path
        The file the data are from, for messages.

    Raises
    ------
    NotRestored
        If no scenario can be made of them; the message names what is wrong.
    """
    try:
        return _restored(data, region, path)
    except (LookupError, TypeError, AttributeError, OverflowError) as error:
        raise NotRestored(f"{path}: scenario: not as narvard writes it ({error!r})") from error


def _restored(data: Mapping[str, Any], folder: Path, path: Path) -> Scenario:
    for name in (data["name"], *data["governances"]):
        if name_problem(name):  # they become names of files
            raise NotRestored(f"{path}: scenario: {name_problem(name)}")
    schema = default_schema()
    region = _region(data, folder)
    return Scenario(
        name=data["name"],
        title=data["title"],
        note=data["note"],
        path=path,
        schema=schema,
        reserved=data["reserved"],
        files=tuple(data["files"]),
        sources=data["sources"],
        _region=region,
        _values=_values(data["values"], schema.ordinary, region, f"{path}: scenario.values"),
        _governances={
            name: _values(levers, schema.levers, region, f"{path}: scenario.governances.{name}")
            for name, levers in data["governances"].items()
        },
        _leaves=tuple(_leaf(cells, schema, path) for cells in data["leaves"]),
        parents=data.get("parents", {}),  # not there in older ones
    )


def _region(data: Mapping[str, Any], folder: Path) -> Region | None:
    if data["region"] is None:
        return None
    region, problems = read_region(folder, str(folder), own_sources=data["sources"], strict=False)
    if region is None:
        raise NotRestored("\n".join(str(problem) for problem in problems))
    if region.digest != data["region"]["digest"]:
        raise NotRestored(
            f"{folder}: digest {region.digest[:12]} of the tables, {data['region']['digest'][:12]} needed"
        )
    return region


def _values(
    data: Mapping[str, Any], known: Mapping[str, Parameter], region: Region | None, where: str
) -> dict[str, Value]:
    """Values in the types of their parameters."""
    odd = sorted(set(data) ^ set(known))
    if odd:
        says = "unknown here" if odd[0] in data else "missing"
        raise NotRestored(f"{where}: {odd[0]}: {says}; another version of narvard wrote it")
    return {path: _value(parameter, data[path], region, f"{where}.{path}") for path, parameter in known.items()}


def _value(parameter: Parameter, data: Scalar | Sequence[Any], region: Region | None, where: str) -> Value:
    if not parameter.by:
        if isinstance(data, Sequence) and not isinstance(data, str):
            raise NotRestored(f"{where}: a list given, one value needed")
        return as_kind(parameter, data)
    shape = tuple(len(members_of(name, region)) for name in parameter.by)
    array = np.array(data, dtype_of(parameter))
    if array.shape != shape:
        raise NotRestored(f"{where}: shape {array.shape} given, {shape} needed")
    return frozen(array)


def _leaf(cells: Sequence[Any], schema: Schema, path: Path) -> Leaf:
    found = dict(zip(LEAF, cells, strict=True))
    known = schema.ordinary if found["governance"] is None else schema.levers
    if found["path"] not in known:
        raise NotRestored(f"{path}: scenario.leaves: {found['path']}: unknown here")
    index = tuple(found.pop("index"))
    covers = tuple(tuple(members) for members in found.pop("covers"))
    return Leaf(**found, index=index, covers=covers)
