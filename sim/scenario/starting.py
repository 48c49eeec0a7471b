"""A scenario to start from: extends a shipped one, and lists in comments all that can be said."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

import numpy as np

from sim.names import name_problem
from sim.problems import Problem, ScenarioError
from sim.scenario.layers import SHIPPED
from sim.scenario.reader import load
from sim.scenario.region import TABLES, Region, csv_of
from sim.scenario.region_workbook import write_region_workbook
from sim.scenario.scenario import Index, Leaf, Scenario, Value, combinations_of
from sim.scenario.schema import Parameter, Scalar, Schema, shown

WIDTH = 108

_HEADING = """\
# {title}: a scenario of your own.
#
#   narvard check {file}      is it valid, and what does it hold
#   narvard compare {file}    the governances compared
#
# It takes everything from the scenario it extends; what you state here stands over that. Below are all
# parameters in comments, with the values in force: take away the # before a line (and before the [section]
# above it) and change the value.
#
#   x = 22.5                                                     keeps the range and source of the other file
#   x = {{ value = 22.5, low = 20, high = 24, source = "T01" }}    states its own
#
# A source is an id of the evidence that ships with the model (`narvard sources {file}` shows them), the word
# assumption, or an id of your own, declared here:
#
#   [sources]
#   R1 = "Annual report 2024 of the region, table 3"

name = {name}
title = {title_text}
extends = {extends}

# Who lives there and what serves them stands in a folder of four tables: municipalities.csv, areas.csv,
# population.csv, resources.csv, or in a workbook with a sheet for each. `narvard new NAME --region` copies those of
# the scenario it extends; with --xlsx into a workbook.
{region}
"""

_NO_REGION = """\
#
# [region]
# folder = "my-region"
"""

_OWN_REGION = """
[region]
{word} = {name}
"""

_GOVERNANCE = """\
# A governance is a set of levers. This one starts from {base}; compare it with another by
#
#   narvard compare {file} --governance {first} mine

[governance.mine]
inherits = {base_text}
"""


def write_starting(
    name: str, base: str, schema: Schema | None = None, *, own_region: bool = False, workbook: str = ""
) -> Path:
    """Write ``NAME.toml``, which extends the scenario `base`.

    Parameters
    ----------
    name
        Lower-case letters, digits and hyphens; folders may stand before it.
    base
        A scenario file, or ``shipped:NAME``.
    schema
        Parameters to check against; those of the model by default.
    own_region
        Also copy the tables of the region, into a folder NAME beside the file.
    workbook
        ``en`` or ``sv``: copy them into a workbook NAME.xlsx instead, in that language.

    Returns
    -------
    Path
        The new file, which is valid and runs.

    Raises
    ------
    ScenarioError
        If the name does not do, `base` is not valid, or the file exists already.
    """
    path = Path(name.removesuffix(".toml") + ".toml")
    if name_problem(path.stem):
        raise _refusal(name, name_problem(path.stem))
    scenario = load(base, schema)
    folder = path.with_suffix(".xlsx" if workbook else "") if own_region and scenario.has_region else None
    for target in (path, folder):
        if target is not None and target.exists():
            raise _refusal(str(target), "exists already; nothing written")
    extends = base if base.startswith(SHIPPED) else _relative(base, path)
    text = starting_text(scenario, path.stem, extends, region="" if folder is None else folder.name)
    try:
        if folder is not None:
            _write_region(scenario.region, folder, workbook)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise _refusal(str(path), f"cannot be written ({error.strerror})") from None
    return path


def _write_region(region: Region, target: Path, workbook: str) -> None:
    """Write the tables of a region: in a folder, or as a workbook in a language."""
    if workbook:
        write_region_workbook(region, target, workbook)
        return
    target.mkdir()
    for table in TABLES:
        (target / table).write_text(csv_of(region, table), encoding="utf-8", newline="")


def starting_text(base: Scenario, name: str, extends: str, *, region: str = "") -> str:
    """Text of a scenario that extends `base`; its tables are in the folder or workbook `region`, if that is named."""
    title = name.replace("-", " ").replace("_", " ").capitalize()
    file = f"{name}.toml"
    parts = [
        _HEADING.format(
            title=title,
            file=file,
            name=json.dumps(name),
            title_text=json.dumps(title),
            extends=json.dumps(extends, ensure_ascii=False),
            region=_own_region(region) if region else _NO_REGION,
        )
    ]
    parts += _sections(base, base.schema.ordinary, base.values, "")
    if base.governances:
        first, last = base.governances[0], base.governances[-1]
        parts.append(_GOVERNANCE.format(base=last, base_text=json.dumps(last), file=file, first=first))
        parts += _sections(base, base.schema.levers, base.governance(last), "governance.mine.")
    return "\n".join(parts)


def _sections(
    base: Scenario, known: Mapping[str, Parameter], values: Mapping[str, Value], before: str
) -> Iterator[str]:
    """Parameters with their values in force as commented TOML, a table for each group."""
    stated = {(leaf.path, members): leaf for leaf in base.leaves() for members in leaf.covers}
    for group, inside in groupby(known.values(), key=lambda p: p.path.rpartition(".")[0]):
        lines = [f"# [{before}{group}]"]
        for parameter in inside:
            lines += _documented(parameter)
            cells = np.asarray(values[parameter.path]).ravel().tolist()
            indexes = combinations_of(parameter, base.region if base.has_region else None)
            for index, value in zip(indexes, cells, strict=True):
                lines.append(_line(parameter, index, value, stated.get((parameter.path, index))))
        yield "\n".join(lines) + "\n"


def _documented(parameter: Parameter) -> list[str]:
    if not parameter.doc:
        return []
    text = " ".join(parameter.doc.split())
    return textwrap.wrap(text, WIDTH, initial_indent="#   # ", subsequent_indent="#   # ")


def _line(parameter: Parameter, index: Index, value: Scalar, leaf: Leaf | None) -> str:
    """One value; with range and source if the value in force is the one stated."""
    key = ".".join((parameter.path.rpartition(".")[2], *index))
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else shown(value)
    told = f"# {key} = {text}  # {parameter.unit}"
    if leaf is None or leaf.value != value:
        return told
    if leaf.low is not None and leaf.high is not None:
        told += f", {shown(leaf.low)} to {shown(leaf.high)}"
    return f"{told} ({leaf.source})" if leaf.source else told


def _own_region(name: str) -> str:
    return _OWN_REGION.format(word="workbook" if name.endswith(".xlsx") else "folder", name=json.dumps(name))


def _relative(base: str, path: Path) -> str:
    return Path(os.path.relpath(base, path.parent)).as_posix()


def _refusal(file: str, says: str) -> ScenarioError:
    return ScenarioError([Problem(file, 0, "", says)])
