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
_SHARE: Json = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
_CALIBRATE: Json = {
    "type": "object",
    "description": "what `narvard calibrate` fits; its options win over this",
    "properties": {
        "fit": {**_NAMES, "description": "dotted keys of what is fitted; {a,b} and indexed parameters move together"},
        "prior": {"type": "array", "items": _TEXT, "description": "keys of what the targets cannot tell apart"},
        "targets": {"type": "array", "items": _TEXT, "description": "ids of targets, in place of all"},
        "discrepancy": {
            "anyOf": [_SHARE, {"type": "object", "additionalProperties": _SHARE}],
            "description": "standard deviation of the model from reality, as a share; one for all, or by target",
        },
        "runs": {**_COUNT, "description": "at most"},
        "replications": {**_COUNT, "minimum": 2, "description": "at the scenario's own values, to tell chance"},
        "wave": {**_COUNT, "minimum": 5, "description": "runs of a wave"},
        "waves": {**_COUNT, "description": "at most"},
        "ensemble": {**_COUNT, "description": "parameter sets that are wanted"},
        "cutoff": {
            "type": "number",
            "exclusiveMinimum": 0,
            "description": "implausibility beyond which a target is missed",
        },
        "exceptions": {"type": "integer", "minimum": 0, "description": "targets that may be missed"},
        "seed": {"type": "integer", "minimum": 0},
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
        "region": {
            "type": "object",
            "properties": {
                "folder": {"type": "string", "description": "a folder of four tables, CSV or .xlsx"},
                "workbook": {"type": "string", "description": "a workbook with a sheet for each of the four tables"},
            },
            "additionalProperties": False,
        },
        "sources": {"type": "object", "additionalProperties": _TEXT},
        "governance": {"type": "object", "additionalProperties": levers},
        "sweep": _SWEEP,
        "plan": {"type": "object"},
        "pilot": {"type": "object"},
        "calibrate": _CALIBRATE,
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
