"""Where each key of a TOML file stands.

The parser of the standard library checks the file but forgets the lines. This reads the same text once more,
only for the positions of keys, and may therefore assume that the syntax is right.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left

Key = tuple[str, ...]


def key_lines(text: str) -> dict[Key, int]:
    """Line (from 1) of every table and key in a valid TOML text.

    A key which opens several times (a parent of two tables) keeps its first line.
    """
    return _Walk(text).walk()


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.line_ends = [at for at, character in enumerate(self.text) if character == "\n"]
        self.found: dict[Key, int] = {}

    def walk(self) -> dict[Key, int]:
        table: Key = ()
        while self._skip(" \t\n"):
            if self.text[self.at] == "#":
                self._to_line_end()
            elif self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.found

    def _header(self) -> Key:
        while self.text[self.at] in "[ \t":
            self.at += 1
        key = self._key(())
        self._to_line_end()
        return key

    def _pair(self, table: Key) -> None:
        key = self._key(table)
        self._skip(" \t=")
        self._value(key)

    def _key(self, table: Key) -> Key:
        """Read a dotted key and note the line of each of its parts."""
        key = table
        while True:
            self._skip(" \t")
            key = (*key, self._key_part())
            self.found.setdefault(key, bisect_left(self.line_ends, self.at) + 1)
            self._skip(" \t")
            if self.at >= len(self.text) or self.text[self.at] != ".":
                return key
            self.at += 1

    def _key_part(self) -> str:
        start = self.at
        if self.text[start] in "\"'":
            self._string()
            name: str = tomllib.loads("x = " + self.text[start : self.at])["x"]
            return name
        while self.at < len(self.text) and (self.text[self.at].isalnum() or self.text[self.at] in "_-"):
            self.at += 1
        return self.text[start : self.at]

    def _value(self, key: Key) -> None:
        first = self.text[self.at]
        if first in "\"'":
            self._string()
        elif first == "{":
            self._inside("}", key)
        elif first == "[":
            self._inside("]", (*key, "[]"))
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def _inside(self, closing: str, key: Key) -> None:
        """Read an inline table, whose keys belong to `key`, or a list."""
        self.at += 1
        while self._skip(" \t\n,") and self.text[self.at] != closing:
            if self.text[self.at] == "#":
                self._to_line_end()
            elif closing == "}":
                self._pair(key)
            else:
                self._value(key)
        self.at += 1

    def _string(self) -> None:
        mark = self.text[self.at]
        if self.text.startswith(mark * 3, self.at):
            self.at = self._string_end(self.at + 3, mark * 3)
            while self.text.startswith(mark, self.at):  # up to two quotes may precede the closing three
                self.at += 1
        else:
            self.at = self._string_end(self.at + 1, mark)

    def _string_end(self, at: int, closing: str) -> int:
        while not self.text.startswith(closing, at):
            at += 2 if self.text[at] == "\\" and closing[0] == '"' else 1
        return at + len(closing)

    def _skip(self, characters: str) -> bool:
        """Go past these characters; whether anything is left."""
        while self.at < len(self.text) and self.text[self.at] in characters:
            self.at += 1
        return self.at < len(self.text)

    def _to_line_end(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end
