"""Files of a scenario: finding them, reading them, and the chain of `extends`."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.files import SCENARIO_BYTES, Unfit, read_text
from sim.names import composed
from sim.problems import Problem, ScenarioError, like
from sim.scenario.lines import Key, key_lines
from sim.texts import unseen

SHIPPED = "shipped:"
"""Prefix of the scenarios that come with the model: ``shipped:vannas`` works from any folder."""
LONGEST_LINE = 16_000
"""Characters of a line: the parser takes a time that grows with the square of a dotted key."""
DEEPEST = 16
"""Tables within tables; the deepest that mean anything are six."""
MOST_KEYS = 20_000
"""Keys of a file; the largest that is shipped has a tenth."""
LAYERS = 32
"""Files of one scenario."""
WIDEST = 1 << 63
"""Whole numbers have 64 bits, as TOML says."""


@dataclass(frozen=True)
class Layer:
    """One file of a scenario.

    Parameters
    ----------
    path
        Where the file is.
    name
        The file as shown to the user.
    data
        Its content.
    lines
        Line of every key.
    """

    path: Path
    name: str
    data: Mapping[str, Any]
    lines: Mapping[Key, int] = field(repr=False)

    def line(self, key: Key) -> int:
        """Line of a key, or of the nearest table around it."""
        while key:
            if key in self.lines:
                return self.lines[key]
            key = key[:-1]
        return 0

    def problem(self, key: Key, says: str, where: str | None = None) -> Problem:
        """A problem at `key` of this file."""
        return Problem(self.name, self.line(key), ".".join(key) if where is None else where, says)


def shipped_folder() -> Path:
    """The scenarios that come with the model: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent / "scenarios"


def shipped_scenarios() -> list[str]:
    """Names of the shipped scenarios."""
    return sorted(path.stem for path in shipped_folder().glob("*.toml"))


def locate(text: str, beside: Path | None = None) -> tuple[Path, str]:
    """Path of a scenario, and how to show it.

    Parameters
    ----------
    text
        A path, or ``shipped:NAME``.
    beside
        Folder from which a relative path is meant; the working folder if None.
    """
    if text.startswith(SHIPPED):
        return shipped_folder() / f"{text.removeprefix(SHIPPED)}.toml", text
    path = Path(text) if beside is None else beside / text
    return path, os.path.normpath(path)


def read_layers(text: str) -> list[Layer]:
    """Read a scenario file and all it extends, the base first.

    Raises
    ------
    ScenarioError
        If a file cannot be read, or the chain does not end.
    """
    layers: list[Layer] = []
    seen: list[str] = []
    path, name = locate(text)
    while True:
        layer = _read(path, name, layers[-1] if layers else None)
        layers.append(layer)
        if len(layers) > LAYERS:
            raise ScenarioError([layer.problem(("extends",), f"more than {LAYERS} files extend each other")])
        seen.append(os.path.realpath(path))
        if "extends" not in layer.data:
            return layers[::-1]
        extends = layer.data["extends"]
        if not isinstance(extends, str) or not extends:
            raise ScenarioError([layer.problem(("extends",), "the name of one scenario file needed")])
        path, name = locate(extends, path.parent)
        if os.path.realpath(path) in seen:
            raise ScenarioError([layer.problem(("extends",), f"'{extends}' extends this file: a circle")])


def _read(path: Path, name: str, extended_by: Layer | None) -> Layer:
    text = _text(path, name, extended_by)
    try:
        layer = Layer(path, name, tomllib.loads(text), key_lines(text))
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError([_syntax_problem(str(error), name, text)]) from None
    except RecursionError:
        raise ScenarioError([Problem(name, 0, "", "nested too deeply")]) from None
    except ValueError as error:  # the bound of Python on digits, or a date that no calendar has
        raise ScenarioError([Problem(name, 0, "", f"not valid TOML: {_of_value(str(error))}")]) from None
    problems = list(_unfit(layer))
    if problems:
        raise ScenarioError(problems)
    return layer


def _of_value(message: str) -> str:
    return "a number of too many digits" if "digits" in message else message


def _unfit(layer: Layer) -> Iterator[Problem]:
    """What TOML allows and no scenario needs: depth, whole numbers of any size, characters that steer a terminal."""
    if len(layer.lines) > MOST_KEYS:
        yield Problem(layer.name, 0, "", f"{len(layer.lines)} keys given, at most {MOST_KEYS} read")
        return
    left: list[tuple[Key, object, int]] = [((), layer.data, 0)]
    while left:
        key, value, depth = left.pop()
        if depth > DEEPEST:
            yield layer.problem(key[:DEEPEST], f"nested deeper than {DEEPEST} tables")
        elif isinstance(value, Mapping):
            for name, inside in value.items():
                if unseen(name):
                    yield layer.problem(key, f"the key '{name}' holds the character {unseen(name)}")
                left.append(((*key, name), inside, depth + 1))
        elif isinstance(value, list):
            left += [(key, inside, depth + 1) for inside in value]
        elif isinstance(value, str) and unseen(value):
            yield layer.problem(key, f"the text holds the character {unseen(value)}; letters, signs and spaces needed")
        elif isinstance(value, int) and not -WIDEST <= value < WIDEST:
            yield layer.problem(key, "a whole number of more than 64 bits given")


def _text(path: Path, name: str, extended_by: Layer | None) -> str:
    def refuse(says: str, line: int = 0) -> ScenarioError:
        if extended_by is not None:
            told = f"{says} (line {line})" if line else says
            return ScenarioError([extended_by.problem(("extends",), f"'{name}': {told}")])
        return ScenarioError([Problem(name, line, "", says)])

    try:
        text = composed(read_text(path, SCENARIO_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        raise refuse(f"no such file{_suggestion(path, name)}") from None
    except Unfit as error:
        raise refuse(error.strerror or "", error.line) from None
    except OSError as error:
        raise refuse(f"cannot be read ({error.strerror or error})") from None
    if not text.strip():
        raise refuse("is empty")
    for line, inside in enumerate(text.splitlines(), 1):
        if len(inside) > LONGEST_LINE:
            raise refuse(f"{len(inside)} characters in one line, at most {LONGEST_LINE} read", line)
    return text


def _suggestion(path: Path, name: str) -> str:
    if name.startswith(SHIPPED):
        known = ", ".join(SHIPPED + scenario for scenario in shipped_scenarios())
        return f"; there are {known}"
    if not path.parent.is_dir():
        return ""
    near = like(path.stem, [other.stem for other in path.parent.glob("*.toml")])
    return f", did you mean '{near[0]}.toml'?" if near else ""


_CLEARER = (
    (re.compile(r"Cannot overwrite a value"), "the key is stated twice"),
    (re.compile(r"Cannot declare \((.*?),?\) twice"), r"the table \1 is stated twice"),
    (re.compile(r"Cannot (mutate immutable|redefine) namespace.*"), "the table is stated twice"),
    (re.compile(r"Duplicate inline table key ('.*?')"), r"the key \1 is stated twice"),
    (re.compile(r"Invalid value"), "not a value (text stands in quotes)"),
    (re.compile(r"Illegal character '\\n'"), "the text is not closed on its line"),
    (re.compile(r"Expected newline or end .*"), "something stands after the value (decimals take a point)"),
)


def _syntax_problem(message: str, name: str, text: str) -> Problem:
    found = re.search(r"^(.*?) \(at (?:line (\d+), column \d+|end of document)\)$", message, re.DOTALL)
    says, line = (found[1], found[2]) if found else (message, None)
    for pattern, clearer in _CLEARER:
        says = pattern.sub(clearer, says)
    number = int(line) if line else text.rstrip("\n").count("\n") + 1
    return Problem(name, number, "", f"not valid TOML: {says[:1].lower()}{says[1:]}")
