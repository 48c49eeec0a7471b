"""Checks of a scenario as a whole: is everything there, with a source, and does it fit together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.problems import Problem, nearest
from sim.scenario.evidence import source_ids
from sim.scenario.lines import Key
from sim.scenario.region import without_rows
from sim.scenario.scenario import Index, Value, combinations_of, members_of
from sim.scenario.schema import REGION_SETS, Parameter, Rule, Size, shown
from sim.scenario.statements import Statement, Statements

SUM_TOLERANCE = 1e-6
STAFFED = "staffing.factor"
"""A parameter that only models with a resource table have."""
MISSING_LISTED = 6
"""More missing keys than this in one group are told in one line."""


def check_whole(found: Statements) -> None:
    """Note every problem that shows only when all layers are read."""
    _check_governances(found)
    _check_missing(found)
    _check_sources(found)
    _check_resources(found)
    _check_sums(found)
    _check_rules(found)
    _check_sizes(found)


def _check_governances(found: Statements) -> None:
    for name, parent in found.inherits.items():
        layer, key = found.governance_at[name]
        if parent is not None and parent not in found.inherits:
            found.refuse(layer, key, f"unknown governance '{parent}'{nearest(parent, found.inherits)}")
        elif _in_circle(found, name):
            found.refuse(layer, key, f"'{name}' inherits from itself by way of '{parent}': a circle")


def _in_circle(found: Statements, name: str) -> bool:
    at, seen = found.inherits[name], set[str]()
    while at is not None and at not in seen and at != name:
        seen.add(at)
        at = found.inherits.get(at)
    return at == name


def _check_missing(found: Statements) -> None:
    top = found.layers[-1]
    needs_region = any(name in REGION_SETS for p in found.schema.parameters for name in p.by)
    if needs_region and not found.region_stated:
        found.problems.append(Problem(top.name, 0, "region.folder", "missing"))
    missing: dict[str, list[str]] = {}
    for path, parameter in found.schema.ordinary.items():
        missing.setdefault(path.split(".")[0], []).extend(_missing(found, parameter))
    for group, names in missing.items():
        _refuse_missing(found, group, names)


def _missing(found: Statements, parameter: Parameter) -> list[str]:
    needed = combinations_of(parameter, found.region)
    addresses = [(None, parameter.path, index) for index in needed]
    lacking = [a[2] for a in addresses if a not in found.stated and a not in found.broken]
    if lacking and len(lacking) == len(needed):
        return [parameter.path]
    return [".".join((parameter.path, *index)) for index in lacking]


def _refuse_missing(found: Statements, group: str, names: list[str]) -> None:
    top = found.layers[-1]
    if len(names) <= MISSING_LISTED:
        for name in names:
            found.refuse(top, (group,), "missing", name)
        return
    first = ", ".join(name.removeprefix(f"{group}.") for name in names[:3])
    hint = "" if len(found.layers) > 1 else "; does the file need 'extends'?"
    found.refuse(top, (group,), f"{len(names)} keys missing ({first}, ...){hint}", group)


def _check_sources(found: Statements) -> None:
    """In strict files everything has a source and a range; that the source exists is checked on reading."""
    seen: set[tuple[str, Key]] = set()
    for statement in found.stated.values():
        place = (statement.layer.name, statement.key)
        if place not in seen:
            seen.add(place)
            _check_source(found, statement)


def _check_source(found: Statements, statement: Statement) -> None:
    leaf, layer, key = statement.leaf, statement.layer, statement.key
    if not statement.strict:
        return
    if not source_ids(leaf.source):
        found.refuse(layer, key, "source missing (the file is strict)")
    for bound in ("low", "high"):
        if not isinstance(leaf.value, str | bool) and getattr(leaf, bound) is None:
            found.refuse(layer, key, f"{bound} missing (the file is strict)")


def _complete_governances(found: Statements) -> list[str]:
    return [name for name in found.inherits if found.has_lineage(name)]


def _check_resources(found: Statements) -> None:
    """Everybody whom the flows ask for has a row in the resource table, if it says 0."""
    if found.region is None or STAFFED not in found.schema.ordinary:
        return
    folder = found.region.folder
    file = str(folder / "resources.csv" if folder.is_dir() else folder)
    for service, places in without_rows(found.region).items():
        first = ", ".join(places[:MISSING_LISTED]) + (", ..." if len(places) > MISSING_LISTED else "")
        says = f"no row for {first}; add {service},{places[0]},... with its units, 0 where there are none"
        found.problems.append(Problem(file, 0, service, says))


def _check_sums(found: Statements) -> None:
    for governance in [None, *_complete_governances(found)]:
        for path, parameter in found.known(governance).items():
            value = found.value(path, governance) if parameter.sums_to_one_over else None
            if value is not None:
                _check_sum(found, governance, parameter, value)


def _check_sum(found: Statements, governance: str | None, parameter: Parameter, value: Value) -> None:
    totals = np.asarray(value, np.float64).sum(axis=-1)
    for place in np.argwhere(np.abs(totals - 1) > SUM_TOLERANCE):
        axes = [members_of(name, found.region) for name in parameter.by[:-1]]
        index = tuple(axis[i] for axis, i in zip(axes, place, strict=True))
        says = f"sums to {totals[tuple(place)]:.6g} over {parameter.sums_to_one_over}, 1 needed"
        _refuse_value(found, governance, [parameter.path], index, says)


def _check_rules(found: Statements) -> None:
    for rule in found.schema.rules:
        of_levers = any(path in found.schema.levers for path in rule.paths)
        for governance in _complete_governances(found) if of_levers else [None]:
            _check_rule(found, rule, governance)


def _check_rule(found: Statements, rule: Rule, governance: str | None) -> None:
    given = [found.value(path, governance) for path in rule.paths]
    values = [value for value in given if value is not None]
    if len(values) == len(given) and not np.all(rule.holds(*values)):
        says = f"{', '.join(_short(value) for value in values)} given, {rule.says} needed"
        _refuse_value(found, governance, rule.paths, (), says)


def _refuse_value(found: Statements, governance: str | None, paths: Sequence[str], index: Index, says: str) -> None:
    """Note a problem of values that may come from several places, at the last of them; named by the first."""
    name = ".".join((paths[0], *index))
    where = name if governance is None else f"governance.{governance}.{name}"
    lineage = [None, *found.lineage(governance)]
    places = [
        statement
        for (at, path, members), statement in found.stated.items()
        if at in lineage and path in paths and members[: len(index)] == index
    ]
    if places:
        last = max(places, key=lambda s: (found.layers.index(s.layer), s.layer.line(s.key)))
        found.refuse(last.layer, last.key, says, where)
    else:
        found.problems.append(Problem(found.layers[-1].name, 0, where, says))


def _check_sizes(found: Statements) -> None:
    """Levers that are on say how large they are, and where: in this region, and not in the one it was made from."""
    told: set[tuple[str | None, str]] = set()
    for governance in _complete_governances(found):
        lineage = found.lineage(governance)
        for size in found.schema.sizes:
            for path in size.paths if found.value(size.switch, governance) else ():
                # Who only inherits what is wrong need not hear it again.
                if not any((other, path) in told for other in lineage) and _size_is_wrong(found, lineage, size, path):
                    told.add((governance, path))


def _size_is_wrong(found: Statements, lineage: Sequence[str | None], size: Size, path: str) -> bool:
    governance, parameter = str(lineage[0]), found.schema.levers[path]
    needed = combinations_of(parameter, found.region)
    stated = {index for at, other, index in found.stated if at in lineage and other == path}
    wrong = {index for at, other, index in found.broken if at in lineage and other == path}
    lacking = [index for index in needed if index not in stated and index not in wrong]
    elsewhere = sorted(stated - set(needed))
    if elsewhere and lacking and set(parameter.by) & set(REGION_SETS):
        _refuse_other_region(found, governance, path, lacking, elsewhere)
        return True
    if stated or wrong or (size.together and _any_stated(found, lineage, size)):
        return False
    says = f"{size.lever} is on and says nothing of its {path.rpartition('.')[2]}; 0 switches it off"
    _refuse_value(found, governance, [size.switch], (), says)
    return True


def _any_stated(found: Statements, lineage: Sequence[str | None], size: Size) -> bool:
    return any(at in lineage and path in size.paths for at, path, _ in found.stated)


def _refuse_other_region(
    found: Statements, governance: str, path: str, lacking: Sequence[Index], elsewhere: Sequence[Index]
) -> None:
    """Values by place that belong to the region that was extended: said where this region is stated."""
    layer = next(layer for layer in reversed(found.layers) if "region" in layer.data)
    there = ", ".join(index[-1] for index in elsewhere[:MISSING_LISTED])
    for index in lacking:
        name = ".".join(("governance", governance, path, *index))
        says = f"nothing stated for {index[-1]}, only for {there} of another region; add {name} = ..., or 0 for none"
        found.refuse(layer, ("region", "folder"), says, name)


def _short(value: Value) -> str:
    if isinstance(value, np.ndarray):
        cells = [shown(cell) for cell in value.ravel()[:4].tolist()]
        return f"({', '.join(cells)}{', ...' if value.size > 4 else ''})"
    return shown(value)
