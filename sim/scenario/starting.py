"""A scenario to start from: extends a shipped one, and lists in comments all that can be said."""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.layers import SHIPPED
from sim.scenario.reader import load
from sim.scenario.scenario import Leaf, Scenario
from sim.scenario.schema import Parameter, Schema, shown

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
# population.csv, resources.csv. Copy the tables of {region} and change them for a region of your own.
#
# [region]
# folder = "my-region"
"""

_GOVERNANCE = """\
# A governance is a set of levers. This one starts from {base}; compare it with another by
#
#   narvard compare {file} --governance {first} mine

[governance.mine]
inherits = {base_text}
"""


def write_starting(name: str, base: str, schema: Schema | None = None) -> Path:
    """Write ``NAME.toml``, which extends the scenario `base`.

    Parameters
    ----------
    name
        Lower-case letters, digits and hyphens; folders may stand before it.
    base
        A scenario file, or ``shipped:NAME``.

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
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", path.stem):
        raise _refusal(name, "a name of lower-case letters, digits and - needed")
    scenario = load(base, schema)
    if path.exists():
        raise _refusal(str(path), "exists already; nothing written")
    extends = base if base.startswith(SHIPPED) else _relative(base, path)
    text = starting_text(scenario, path.stem, extends)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise _refusal(str(path), f"cannot be written ({error.strerror})") from None
    return path


def starting_text(base: Scenario, name: str, extends: str) -> str:
    """Text of a scenario that extends `base`."""
    title = name.replace("-", " ").replace("_", " ").capitalize()
    file = f"{name}.toml"
    parts = [
        _HEADING.format(
            title=title,
            file=file,
            name=json.dumps(name),
            title_text=json.dumps(title),
            extends=json.dumps(extends, ensure_ascii=False),
            region=base.region.folder.name if base.has_region else "the shipped region",
        )
    ]
    ordinary = [leaf for leaf in base.leaves() if leaf.governance is None]
    parts += _sections(ordinary, base.schema, "")
    if base.governances:
        first, last = base.governances[0], base.governances[-1]
        parts.append(_GOVERNANCE.format(base=last, base_text=json.dumps(last), file=file, first=first))
        levers = [leaf for leaf in base.leaves() if leaf.governance == last]
        parts += _sections(levers, base.schema, "governance.mine.")
    return "\n".join(parts)


def _sections(leaves: list[Leaf], schema: Schema, before: str) -> Iterator[str]:
    """Leaves as commented TOML, a table for each group."""
    known = schema.ordinary | schema.levers if not before else schema.levers
    for group, inside in groupby(leaves, key=lambda leaf: leaf.path.rpartition(".")[0]):
        lines = [f"# [{before}{group}]"]
        for path, same in groupby(inside, key=lambda leaf: leaf.path):
            lines += _documented(known[path])
            lines += [_line(leaf) for leaf in same]
        yield "\n".join(lines) + "\n"


def _documented(parameter: Parameter) -> list[str]:
    if not parameter.doc:
        return []
    text = " ".join(parameter.doc.split())
    return textwrap.wrap(text, WIDTH, initial_indent="#   # ", subsequent_indent="#   # ")


def _line(leaf: Leaf) -> str:
    key = ".".join((leaf.path.rpartition(".")[2], *leaf.index))
    value = json.dumps(leaf.value, ensure_ascii=False) if isinstance(leaf.value, str) else shown(leaf.value)
    ranged = leaf.low is not None and leaf.high is not None
    span = f", {shown(leaf.low)} to {shown(leaf.high)}" if ranged else ""
    source = f" ({leaf.source})" if leaf.source else ""
    return f"# {key} = {value}  # {leaf.unit}{span}{source}"


def _relative(base: str, path: Path) -> str:
    return Path(os.path.relpath(base, path.parent)).as_posix()


def _refusal(file: str, says: str) -> ScenarioError:
    return ScenarioError([Problem(file, 0, "", says)])
