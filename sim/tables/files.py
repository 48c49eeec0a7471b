"""Files that tables are read from: regular ones of bounded size, or refused in words."""

from __future__ import annotations

from pathlib import Path

from sim.files import read_bytes


class Unreadable(Exception):
    """A file that cannot be used as a whole; the text says why, and what to do about it.

    Parameters
    ----------
    says
        The text.
    line
        Where it is seen, from 1; 0 if that is nowhere.
    """

    def __init__(self, says: str, line: int = 0) -> None:
        super().__init__(says)
        self.line = line


def content_of(path: Path) -> bytes:
    """The content of a table's file.

    Raises
    ------
    Unreadable
        If there is no such file, it is no regular one, it is too large or the system does not give it.
    """
    try:
        return read_bytes(path)
    except FileNotFoundError:
        raise Unreadable("no such file") from None
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror or error})") from None
