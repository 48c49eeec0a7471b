from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from sim.scenario.layers import shipped_folder
from sim.scenario.lines import key_lines

TEXT = """\
# a comment with = and [brackets]
a = 1
b.c = "x # y"  # = z
[t."å b".z]  # k
x = { value = 1, low = 2, q = { r = [1, { z = 2 }] } }
m = \"\"\"
a = 2 \\\"\"\"
\"\"\"\"
n = 1979-01-01 07:00:00
'literal key' = '''
b = 3'''
[[list]]
k = [ # not = a key
  "]",
  [1, 2], { u = 1 },
]
l=3
"""


def test_every_key_has_its_line() -> None:
    lines = key_lines(TEXT)
    z = ("t", "å b", "z")
    assert lines[("a",)] == 2
    assert lines[("b", "c")] == 3
    assert lines[z] == 4
    assert lines[(*z, "x", "low")] == 5
    assert lines[(*z, "m")] == 6
    assert lines[(*z, "n")] == 9
    assert lines[(*z, "literal key")] == 10
    assert lines[("list",)] == 12
    assert lines[("list", "k")] == 13
    assert lines[("list", "l")] == 17


def test_windows_line_ends_count_once() -> None:
    assert key_lines("a = 1\r\n\r\n[b]\r\nc = 2\r\n")[("b", "c")] == 4


def _paths(data: dict[str, Any], before: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    found = set()
    for key, value in data.items():
        found.add((*before, key))
        if isinstance(value, dict):
            found |= _paths(value, (*before, key))
    return found


@pytest.mark.parametrize("path", sorted(shipped_folder().glob("*.toml")), ids=lambda path: path.stem)
def test_agrees_with_the_parser_on_the_shipped_scenarios(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = key_lines(text)
    assert _paths(tomllib.loads(text)) == set(lines)
    written = text.splitlines()
    for key, line in lines.items():
        assert key[-1] in written[line - 1]
