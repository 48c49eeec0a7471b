"""From files to a scenario: layers laid over each other, everything checked before anything runs."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.names import name_from, name_problem
from sim.problems import ScenarioError, nearest
from sim.scenario.checks import check_whole
from sim.scenario.evidence import shipped_evidence, source_problems
from sim.scenario.layers import SHIPPED, Layer, read_layers
from sim.scenario.lines import Key
from sim.scenario.region import read_region
from sim.scenario.scenario import Index, Leaf, Scenario, as_kind, combinations_of, members_of
from sim.scenario.schema import (
    EVERY,
    REGION_SETS,
    RESERVED,
    Parameter,
    Scalar,
    Schema,
    shown,
    value_problem,
)
from sim.scenario.statements import Statement, Statements, is_strict

LEAF_KEYS = ("value", "low", "high", "source", "note")
GOVERNANCE_KEYS = ("inherits", "title", "note")
REGION_KEYS = ("folder", "workbook")
CHOSEN = "time."
"""Group of what is chosen and not found out: a run is as long as one likes."""
KEPT_TABLES = ("sweep", "plan", "pilot", "calibrate")


def default_schema() -> Schema:
    """The parameters of the model and the rules between them."""
    from sim.scenario import parameters  # a long list, not needed by readers that bring their own

    return Schema(parameters.PARAMETERS, parameters.RULES, parameters.SIZES)


def load(path: str | Path, schema: Schema | None = None) -> Scenario:
    """Read a scenario and check it.

    Parameters
    ----------
    path
        A scenario file, or ``shipped:NAME`` for one that comes with the model.
    schema
        Parameters to check against; those of the model by default.

    Raises
    ------
    ScenarioError
        With every problem of the files.
    """
    reader = _Reader(read_layers(str(path)), schema or default_schema())
    for layer in reader.layers:
        reader.read(layer)
    check_whole(reader.found)
    if reader.found.problems:
        raise ScenarioError(reader.found.sorted_problems())
    return _assembled(reader.found)


class _Reader:
    """Walks the layers, base first, and notes what they state."""

    def __init__(self, layers: list[Layer], schema: Schema) -> None:
        self.layers = layers
        self.found = Statements(schema, layers)
        self.refuse = self.found.refuse
        self.found.own_sources = {id_: text for layer in layers for id_, text in self._sources(layer)}

    def read(self, layer: Layer) -> None:
        """Note what one layer states."""
        self._heading(layer)
        self._region(layer)
        for name, content in layer.data.items():
            if name == "governance":
                self._governances(layer, content)
            elif name in KEPT_TABLES:
                self._finite(layer, (name,), self._table(layer, (name,), content))
            elif name not in RESERVED:
                _Section(self.found, layer, None).walk((name,), content, name)

    def _table(self, layer: Layer, key: Key, content: object) -> Mapping[str, Any]:
        """The content if it is a table, else an empty one, which is noted."""
        if isinstance(content, Mapping):
            return content
        self.refuse(layer, key, f"{shown(content)} given, a table needed")
        return {}

    def _finite(self, layer: Layer, key: Key, content: object) -> None:
        """Refuse nan and infinity, which no table of questions has a use for, wherever they stand."""
        if isinstance(content, Mapping):
            for name, inside in content.items():
                self._finite(layer, (*key, name), inside)
        elif isinstance(content, list):
            for inside in content:
                self._finite(layer, key, inside)
        elif isinstance(content, float) and not math.isfinite(content):
            self.refuse(layer, key, f"{shown(content)} given, a finite number needed")

    def _texts(self, layer: Layer, key: Key, table: Mapping[str, Any], words: tuple[str, ...]) -> None:
        for word in words:
            if word in table and not isinstance(table[word], str):
                self.refuse(layer, (*key, word), f"{shown(table[word])} given, text needed")

    def _heading(self, layer: Layer) -> None:
        self._texts(layer, (), layer.data, ("name", "title", "note"))
        name = layer.data.get("name")
        if isinstance(name, str) and name_problem(name):
            self.refuse(layer, ("name",), name_problem(name))
        if not isinstance(layer.data.get("strict", False), bool):
            self.refuse(layer, ("strict",), f"{shown(layer.data['strict'])} given, true or false needed")

    def _sources(self, layer: Layer) -> list[tuple[str, str]]:
        found = []
        for id_, text in self._table(layer, ("sources",), layer.data.get("sources", {})).items():
            key = ("sources", id_)
            if not isinstance(text, str) or not text.strip():
                self.refuse(layer, key, f"{shown(text)} given, a reference as text needed")
            elif id_ in shipped_evidence():
                self.refuse(layer, key, "is the id of a source that ships with the model; choose another")
            found.append((id_, str(text)))
        return found

    def _region(self, layer: Layer) -> None:
        if "region" not in layer.data:
            return
        self.found.region_stated = True
        self.found.region = None
        table = self._table(layer, ("region",), layer.data["region"])
        for key in table:
            if key not in REGION_KEYS:
                says = f"unknown key '{key}'{nearest(key, REGION_KEYS)}"
                self.refuse(layer, ("region", key), says, "region")
        key = next((key for key in REGION_KEYS if key in table), REGION_KEYS[0])
        folder = table.get(key)
        if all(key in table for key in REGION_KEYS):
            self.refuse(layer, ("region", "workbook"), "folder and workbook given, one of them needed")
        elif not isinstance(folder, str) or not folder:
            says = "missing" if folder is None else f"{shown(folder)} given, the name of a {key} needed"
            self.refuse(layer, ("region", key), says)
        elif not (layer.path.parent / folder).exists():
            self.refuse(layer, ("region", key), f"{shown(folder)}: no such {key}")
        else:
            self.found.region, problems = read_region(
                layer.path.parent / folder,
                _beside(layer.name, folder),
                own_sources=self.found.own_sources,
                strict=is_strict(layer),
            )
            self.found.problems += problems

    def _governances(self, layer: Layer, content: object) -> None:
        for name, levers in self._table(layer, ("governance",), content).items():
            key = ("governance", name)
            if name_problem(name):
                self.refuse(layer, key, name_problem(name), "governance")
                continue
            alike = [other for other in self.found.inherits if other != name and other.lower() == name.lower()]
            if alike:  # they would share the files of their results where capital letters do not count
                self.refuse(layer, key, f"differs from governance '{alike[0]}' in capital letters alone")
            table = self._table(layer, key, levers)
            self._texts(layer, key, table, GOVERNANCE_KEYS)
            self.found.inherits.setdefault(name, None)
            self.found.governance_at.setdefault(name, (layer, key))
            if isinstance(table.get("inherits"), str):
                self.found.inherits[name] = table["inherits"]
                self.found.governance_at[name] = (layer, (*key, "inherits"))
            section = _Section(self.found, layer, name)
            for group, inside in table.items():
                if group not in GOVERNANCE_KEYS:
                    section.walk((*key, group), inside, group)


class _Section:
    """Reads the parameters of one layer: those of a governance, or the ordinary ones."""

    def __init__(self, found: Statements, layer: Layer, governance: str | None) -> None:
        self.found = found
        self.layer = layer
        self.governance = governance
        self.known = found.known(governance)

    def refuse(self, key: Key, says: str, where: Key | None = None) -> None:
        """Note a problem at a key of this layer."""
        self.found.refuse(self.layer, key, says, None if where is None else ".".join(where))

    def walk(self, key: Key, content: object, path: str) -> None:
        """Go down the tables until a parameter is met."""
        if path in self.known:
            self._parameter(key, content, self.known[path], ())
        elif not _has_group(self.known, path):
            self.refuse(key, self._unknown(path), key[:-1])
        elif isinstance(content, Mapping):
            for name, inside in content.items():
                self.walk((*key, name), inside, f"{path}.{name}")
        else:
            self.refuse(key, f"{shown(content)} given, a table needed")

    def _unknown(self, path: str) -> str:
        parent, _, name = path.rpartition(".")
        start = f"{parent}." if parent else ""
        schema = self.found.schema
        if not parent and self.governance is None and _has_group(schema.levers, name):
            return f"'{name}' is a lever; it stands under a governance: [governance.NAME.{name}]"
        if not parent and self.governance is not None and _has_group(schema.ordinary, name):
            return f"'{name}' is no lever; it stands outside the governances: [{name}]"
        siblings = {x.removeprefix(start).split(".")[0] for x in self.known if x.startswith(start)}
        if not parent:
            siblings |= set(RESERVED if self.governance is None else GOVERNANCE_KEYS)
        suggestion = nearest(name, siblings)
        if not suggestion:
            elsewhere = [*schema.ordinary, *(f"governance.NAME.{lever}" for lever in schema.levers)]
            same = [other for other in elsewhere if other.rpartition(".")[2] == name]
            suggestion = f", did you mean '{same[0]}'?" if same else ""
        return f"unknown key '{name}'{suggestion}"

    def _parameter(self, key: Key, content: object, parameter: Parameter, index: Index) -> None:
        """Go down the members of the index sets until a leaf is met."""
        if len(index) == len(parameter.by):
            self._leaf(key, content, parameter, index)
            return
        index_set = parameter.by[len(index)]
        members = members_of(index_set, self.found.region)
        if not isinstance(content, Mapping) or "value" in content:
            self.refuse(key, f"one value for each {index_set} needed ({_some(members)})")
            self._break(parameter, index)
            return
        # "all" first, so that members stated beside it stand over it.
        for name in sorted(content, key=lambda member: member != EVERY):
            if name == EVERY or name in members:
                self._parameter((*key, name), content[name], parameter, (*index, name))
            elif members or index_set not in REGION_SETS:
                known = nearest(name, members) or f"; there are {_some(members)}"
                says = f"unknown {index_set} '{name}'{known}"
                self.refuse((*key, name), says, key)

    def _leaf(self, key: Key, content: object, parameter: Parameter, index: Index) -> None:
        before_count = len(self.found.problems)
        table: Mapping[str, Any] = content if isinstance(content, Mapping) else {"value": content}
        for name in table:
            if name not in LEAF_KEYS:
                self.refuse((*key, name), f"unknown key '{name}'{nearest(name, LEAF_KEYS)}", key)
        fields: dict[str, Any] = {
            "value": self._valid(key, parameter, table, "value"),
            "low": self._bound(key, parameter, table, "low"),
            "high": self._bound(key, parameter, table, "high"),
            "source": self._words(key, table, "source"),
            "note": self._words(key, table, "note"),
        }
        stated = {name: field for name, field in fields.items() if field is not None}
        broken = len(self.found.problems) > before_count
        for says in source_problems(fields["source"] or "", self.found.own_sources):
            self.refuse((*key, "source"), says)
        if broken:
            self._break(parameter, index)
        else:
            self._state(key, parameter, index, stated)

    def _state(self, key: Key, parameter: Parameter, index: Index, stated: Mapping[str, Any]) -> None:
        """Lay what is stated over what the layers below say."""
        for members in self._covered(parameter, index):
            address = (self.governance, parameter.path, members)
            below = self.found.stated.get(address)
            if below is None and "value" not in stated:
                if address not in self.found.broken:
                    self.refuse(key, "value missing")
                self._break(parameter, index)
                return
            leaf = self._laid_over(key, parameter, index, stated, below.leaf if below else None)
            problem = self._range_problem(leaf, stated)
            if problem:
                self.refuse((*key, "value"), problem, key)
                self._break(parameter, index)
                return
            self.found.stated[address] = Statement(leaf, self.layer, key)
            self.found.broken.discard(address)

    def _laid_over(
        self, key: Key, parameter: Parameter, index: Index, stated: Mapping[str, Any], below: Leaf | None
    ) -> Leaf:
        def inherited(name: str, otherwise: Any) -> Any:
            return stated.get(name, getattr(below, name) if below else otherwise)

        value = inherited("value", None)
        bare = below is not None and not {"low", "high", "source"} & set(stated)
        return Leaf(
            path=parameter.path,
            index=index,
            governance=self.governance,
            value=value,
            low=inherited("low", None),
            high=inherited("high", None),
            unit=parameter.unit,
            source=inherited("source", ""),
            note=inherited("note", ""),
            file=self.layer.name,
            line=self.layer.line(key),
            changed=bare and below is not None and (below.changed or value != below.value),
        )

    def _range_problem(self, leaf: Leaf, stated: Mapping[str, Any]) -> str:
        low, high, value = leaf.low, leaf.high, leaf.value
        if low is not None and high is not None and low > high:
            return f"low {shown(low)} given, above high {shown(high)}"
        if isinstance(value, str) or ((low is None or value >= low) and (high is None or value <= high)):
            return ""
        says = f"{shown(value)} given, outside its range {_open(low)} to {_open(high)}"
        if {"low", "high"} & set(stated) or is_strict(self.layer):
            return says
        if leaf.path.startswith(CHOSEN) or (value == 0 and leaf.path in self.found.schema.size_paths):
            return ""
        own = f'{{ value = {shown(value)}, low = ..., high = ..., source = "..." }}'
        return f"{says}; a value beyond it needs a range and a source of its own: {own}"

    def _covered(self, parameter: Parameter, index: Index) -> list[Index]:
        """The combinations of members that a stated index stands for."""
        if EVERY not in index:
            return [index]
        return [
            members
            for members in combinations_of(parameter, self.found.region)
            if all(stated in (EVERY, member) for stated, member in zip(index, members, strict=True))
        ]

    def _break(self, parameter: Parameter, index: Index) -> None:
        """Remember that these values are stated, but wrong."""
        filled = (*index, *(EVERY for _ in parameter.by[len(index) :]))
        for members in self._covered(parameter, filled):
            self.found.broken.add((self.governance, parameter.path, members))

    def _valid(self, key: Key, parameter: Parameter, table: Mapping[str, Any], word: str) -> Scalar | None:
        """A value or bound, if it is stated and possible."""
        if word not in table:
            return None
        says = value_problem(parameter, table[word])
        if says:
            self.refuse((*key, word), says, key if word == "value" else (*key, word))
            return None
        value: Scalar = table[word]
        return as_kind(parameter, value)

    def _bound(self, key: Key, parameter: Parameter, table: Mapping[str, Any], word: str) -> Scalar | None:
        if word in table and parameter.kind in ("flag", "choice"):
            self.refuse((*key, word), f"a {parameter.kind} has no range")
            return None
        return self._valid(key, parameter, table, word)

    def _words(self, key: Key, table: Mapping[str, Any], word: str) -> str | None:
        if word not in table:
            return None
        text = table[word]
        if isinstance(text, str):
            return text.strip()
        self.refuse((*key, word), f"{shown(text)} given, text needed")
        return None


def _assembled(found: Statements) -> Scenario:
    top = found.layers[-1]
    name = top.data.get("name") or name_from(top.path.stem)
    kept = {key: layer.data[key] for layer in found.layers for key in KEPT_TABLES if key in layer.data}
    return Scenario(
        name=name,
        title=top.data.get("title", name),
        note=next((layer.data["note"] for layer in reversed(found.layers) if layer.data.get("note")), ""),
        path=top.path,
        schema=found.schema,
        reserved=kept,
        files=tuple(layer.name for layer in found.layers),
        sources=found.own_sources,
        _region=found.region,
        _values=found.values(None),
        _governances={name: found.values(name) for name in found.inherits},
        _leaves=tuple(found.leaves()),
        parents=dict(found.inherits),
    )


def _has_group(known: Mapping[str, Parameter], group: str) -> bool:
    return any(path.startswith(f"{group}.") for path in known)


def _beside(name: str, folder: str) -> str:
    """A folder as shown, stated relative to a file as shown."""
    if name.startswith(SHIPPED):
        return SHIPPED + folder
    return os.path.normpath(os.path.join(os.path.dirname(name), folder))


def _some(members: tuple[str, ...]) -> str:
    return ", ".join(members[:6]) + (", ..." if len(members) > 6 else "")


def _open(bound: float | None) -> str:
    return "(open)" if bound is None else shown(bound)
