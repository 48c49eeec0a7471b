"""JSON Schema of scenario files, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from sim.scenario.schema import EVERY, INDEX_SETS, Parameter, Schema

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_NAMES: Json = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
_COUNT: Json = {"type": "integer", "minimum": 1}
_SWEEP: Json = {
    "type": "object",
    "description": "what `narvard sweep` runs; its options win over this",
    "properties": {
        "vary": {
            "type": "object",
            "description": 'by dotted key: [a, b, c], { low = x, high = y, levels = n }, or "range" for its own range',
        },
        "latin_hypercube": {**_COUNT, "description": "points that spread evenly over every key"},
        "points": {**_TEXT, "description": "a CSV table of points, one column for each key, beside this file"},
        "governance": {**_NAMES, "description": "one, or two to compare at every point"},
        "replications": {**_COUNT, "description": "at every point"},
        "seed": {"type": "integer", "minimum": 0},
        "on": {**_NAMES, "description": "outcomes of the figures"},
    },
    "additionalProperties": False,
}


def json_schema(schema: Schema) -> Json:
    """A JSON Schema (2020-12) made from the list of parameters.

    It knows keys, kinds and limits. Ranges, sources, sums and rules between values are checked by
    ``narvard check`` alone.
    """
    levers = _tree(list(schema.levers.values()))
    levers["properties"] |= {"inherits": _TEXT, "title": _TEXT, "note": _TEXT}
    top = _tree(list(schema.ordinary.values()))
    top["properties"] |= {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "title": _TEXT,
        "note": _TEXT,
        "extends": {"type": "string", "description": "a scenario file, or shipped:NAME"},
        "strict": {"type": "boolean", "description": "every value needs a source and a range"},
        "region": {"type": "object", "properties": {"folder": _TEXT}, "additionalProperties": False},
        "sources": {"type": "object", "additionalProperties": _TEXT},
        "governance": {"type": "object", "additionalProperties": levers},
        "sweep": _SWEEP,
        "plan": {"type": "object"},
        "pilot": {"type": "object"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Narvard scenario",
        **top,
    }


def _tree(parameters: list[Parameter]) -> Json:
    root = _object()
    for parameter in parameters:
        *groups, last = parameter.path.split(".")
        at = root
        for group in groups:
            at = at["properties"].setdefault(group, _object())
        at["properties"][last] = _described(parameter)
    return root


def _object() -> Json:
    return {"type": "object", "properties": {}, "additionalProperties": False}


def _described(parameter: Parameter) -> Json:
    found = _indexed(parameter, parameter.by)
    return {"description": f"{parameter.doc} [{parameter.unit}]".strip(), **found}


def _indexed(parameter: Parameter, by: tuple[str, ...]) -> Json:
    if not by:
        return _leaf(parameter)
    inside = _indexed(parameter, by[1:])
    if by[0] not in INDEX_SETS:  # members come with the region
        return {"type": "object", "additionalProperties": inside}
    members = (*INDEX_SETS[by[0]], EVERY)
    return {"type": "object", "properties": dict.fromkeys(members, inside), "additionalProperties": False}


def _leaf(parameter: Parameter) -> Json:
    value = _value(parameter)
    fields = {"value": value, "source": _TEXT, "note": _TEXT}
    if parameter.kind in ("number", "integer"):
        fields |= {"low": value, "high": value}
    return {"anyOf": [value, {"type": "object", "properties": fields, "additionalProperties": False}]}


def _value(parameter: Parameter) -> Json:
    if parameter.kind == "flag":
        return {"type": "boolean"}
    if parameter.kind == "choice":
        return {"enum": list(parameter.choices)}
    return {"type": parameter.kind, "minimum": parameter.minimum, "maximum": parameter.maximum}
