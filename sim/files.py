"""Files that somebody else wrote (filer utifrån): read whole, if they are regular files of bounded size, or refused.

A scenario names other files, and a folder of results may come by mail. A pipe would wait for ever, a device never
ends, and a packed file may hold a thousand times what it takes on the disk; none of that is opened, or read past a
bound.

Every refusal is an :class:`Unfit`, which is an OSError: it names the file and says what is wrong in one phrase.
"""

from __future__ import annotations

import errno
import io
import json
import os
import stat
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.texts import unseen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCENARIO_BYTES = 2_000_000
"""Most that is read of a scenario file."""
TABLE_BYTES = 32_000_000
"""Most that is read of a table: a million points of a sweep take a third of it."""
RESULT_BYTES = 256_000_000
"""Most that is read of a file which narvard itself wrote."""
UNPACKED_BYTES = 512_000_000
"""Most that is unpacked of one packed file."""
MEMBERS = 20_000
"""Most members of one packed file."""
CHUNK = 1 << 20

_OTHER_KINDS = (
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISFIFO, "is a pipe"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
)


class Unfit(OSError):
    """A file that is not read, or does not hold what it should.

    Parameters
    ----------
    path
        The file.
    says
        What is wrong, and what is needed; stands in ``strerror``.
    line
        Line in the file, from 1; 0 if the whole file is meant.
    """

    def __init__(self, path: str | os.PathLike[str], says: str, line: int = 0) -> None:
        super().__init__(errno.EINVAL, says, os.fspath(path))
        self.line = line

    def __reduce__(self) -> tuple[type[Unfit], tuple[Any, ...]]:
        """Exceptions travel between processes by their arguments."""
        return type(self), (self.filename, self.strerror, self.line)

    def __str__(self) -> str:
        place = f"{self.filename}, line {self.line}" if self.line else self.filename
        return f"{place}: {self.strerror}"


def read_bytes(path: str | os.PathLike[str], most: int = TABLE_BYTES) -> bytes:
    """The whole of a regular file.

    Parameters
    ----------
    path
        A link to a file is followed.
    most : int, bytes
        A larger file is refused.

    Raises
    ------
    Unfit
        If it is no regular file, or larger.
    OSError
        If it cannot be read.
    """
    try:
        # A pipe without a writer would hold up an ordinary opening; O_NONBLOCK changes nothing for regular files.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except ValueError as error:  # a NUL in the name
        raise Unfit(path, f"no name of a file ({error})") from None
    try:
        kind = os.fstat(handle)
        if not stat.S_ISREG(kind.st_mode):
            says = next((words for is_kind, words in _OTHER_KINDS if is_kind(kind.st_mode)), "is something else")
            raise Unfit(path, f"{says}, a regular file needed")
        if kind.st_size > most:
            raise Unfit(path, f"{_size(kind.st_size)} given, at most {_size(most)} read")
        content = bytearray()
        while len(content) <= most and (part := os.read(handle, min(CHUNK, most + 1 - len(content)))):
            content += part
    finally:
        os.close(handle)
    if len(content) > most:  # it grew, or is one of those that the system makes up
        raise Unfit(path, f"more than {_size(most)} given, at most that read")
    return bytes(content)


def read_text(path: str | os.PathLike[str], most: int = TABLE_BYTES) -> str:
    """The whole of a text file in UTF-8, without its byte order mark.

    Raises
    ------
    Unfit
        If it is no regular file, larger than `most`, or not UTF-8 text.
    OSError
        If it cannot be read.
    """
    content = read_bytes(path, most)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unfit(path, "not UTF-8 text", content[: error.start].count(b"\n") + 1) from None


def read_json(path: str | os.PathLike[str], most: int = RESULT_BYTES) -> Any:
    """What a JSON file holds.

    Raises
    ------
    Unfit
        If it is no regular file, larger than `most`, or not JSON.
    OSError
        If it cannot be read.
    """
    text = read_text(path, most)
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unfit(path, f"not JSON ({error.msg})", error.lineno) from None
    except RecursionError:
        raise Unfit(path, "nested too deeply") from None
    except ValueError:  # the bound of Python on the digits of a whole number
        raise Unfit(path, "holds a number of too many digits") from None
    if "\\" in text or unseen(text):  # else no text in it can hold any
        _see_texts(found, path)
    return found


def _see_texts(found: Any, path: str | os.PathLike[str]) -> None:
    """Refuse data with a text that holds characters which steer a terminal, or halves of characters."""
    left = [found]
    while left:
        one = left.pop()
        if isinstance(one, str):
            if unseen(one):
                raise Unfit(path, f"a text in it holds the character {unseen(one)}")
        elif isinstance(one, dict):
            left += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            left += one


def opened_table(path: str | os.PathLike[str], most: int = RESULT_BYTES) -> io.StringIO:
    """A text table of a result, opened for the ``csv`` module: a regular file of bounded size, read whole.

    Raises
    ------
    Unfit
        If it is no such file, not UTF-8, or holds characters that steer a terminal.
    OSError
        If it cannot be read.
    """
    text = read_text(path, most)
    odd = unseen(text.replace("\r", ""))  # which ends lines
    if odd:
        raise Unfit(path, f"holds the character {odd}")
    return io.StringIO(text, newline="")


def refuse_links(folder: Path) -> None:
    """See that a folder of results holds nothing but files and folders, so that what is written there stays there.

    Raises
    ------
    Unfit
        If there is a link, a pipe or a device in it, or in a folder in it.
    OSError
        If it cannot be read.
    """
    inside = list(folder.iterdir())
    for path in (*inside, *(deeper for place in inside if _is_folder(place) for deeper in place.iterdir())):
        if path.is_symlink():
            raise Unfit(path, f"is a link to {os.readlink(path)}; nothing is written where it leads, so take it away")
        if not (_is_folder(path) or regular(path)):
            raise Unfit(path, "is neither a file nor a folder; take it away")


def _is_folder(path: Path) -> bool:
    """Whether a path is a folder, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def opened_zip(
    content: bytes, path: str | os.PathLike[str], most: int = UNPACKED_BYTES, members: int = MEMBERS
) -> zipfile.ZipFile:
    """A packed file (a workbook, arrays) whose members take no more than a bound when they are unpacked.

    Parameters
    ----------
    content
        The packed file.
    path
        Where it comes from, for messages.
    most : int, bytes
        Bound on what all members take together; no more than a member states is ever unpacked of it.
    members : int
        Bound on their number.

    Raises
    ------
    Unfit
        If it is no such file, or holds more.
    """
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise Unfit(path, f"not a packed file ({error})") from None
    there = packed.infolist()
    if len(there) > members:
        raise Unfit(path, f"{len(there)} members given, at most {members} read")
    whole = sum(member.file_size for member in there)
    if whole > most:
        raise Unfit(path, f"unpacks to {_size(whole)}, at most {_size(most)} read")
    return packed


def arrays_of(
    content: bytes, path: str | os.PathLike[str], most: int = UNPACKED_BYTES
) -> dict[str, NDArray[np.generic[Any]]]:
    """The arrays of an ``.npz`` file, by name; objects, which NumPy would unpickle, are refused.

    Raises
    ------
    Unfit
        If it holds anything but whole arrays of numbers or text, or more than `most` bytes of them.
    """
    import numpy as np

    found: dict[str, NDArray[np.generic[Any]]] = {}
    with opened_zip(content, path, most) as packed:
        for member in packed.infolist():
            try:
                # NumPy makes room for what a head states before it reads: the bound holds for that as well.
                array = np.lib.format.read_array(io.BytesIO(_member(packed, member, most)), allow_pickle=False)
            except _BROKEN as error:
                raise Unfit(path, f"{member.filename}: not an array ({error})") from None
            found[member.filename.removesuffix(".npy")] = array
    return found


_BROKEN = (
    *(ValueError, OSError, EOFError, KeyError, TypeError, SyntaxError, OverflowError, RecursionError),
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError),
)
"""What a damaged member of a packed file may raise."""


def _member(packed: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """A member unpacked, if its head does not promise more than is there."""
    import numpy as np

    content = packed.read(member)
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    head = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in head:
        raise ValueError(f"version {version} of the format")
    shape, _, kind = head[version](stream)
    cells = 1
    for length in shape:
        cells *= int(length)
    if cells * kind.itemsize > len(content) or (kind.itemsize == 0 and cells > most):
        raise ValueError("cut short")
    return content


def _size(count: int) -> str:
    """Bytes in words."""
    if count < CHUNK:
        return f"{count} bytes"
    return f"{count / 1e6:.0f} MB" if count < 10e9 else f"{count / 1e9:.0f} GB"


def regular(path: Path) -> bool:
    """Whether a path is a regular file, and no link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False
