"""Finished work as the bytes of an ``.npz`` file (packade arrayer): plain arrays that anybody can read, no objects."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.files import arrays_of, opened_zip

Arrays = Mapping[str, NDArray[Any]]
ABOUT = "about"
"""Name of the array with the bytes of the JSON that says what the others are."""
NOT_READ = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, IndexError),
    *(AttributeError, NotImplementedError, RuntimeError, MemoryError),
)
"""What reading a damaged file may end in."""


class Damaged(ValueError):
    """A kept file is not what was written; the text names it and says what is wrong."""


def packed(about: Mapping[str, Any], arrays: Arrays) -> bytes:
    """The bytes of an ``.npz`` file: the same for the same arrays and what is said of them."""
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **{ABOUT: json_bytes(about), **arrays})
    return content.getvalue()


@contextmanager
def unpacked(content: bytes) -> Iterator[tuple[dict[str, Any], Arrays]]:
    """What is said of the arrays in the bytes of a file, and the arrays by name, read when they are asked for.

    Raises
    ------
    Damaged
        If a check sum is wrong.
    Exception
        One of ``NOT_READ`` if the bytes are damaged otherwise.
    """
    with opened_zip(content, "kept run") as whole:
        bad = whole.testzip()  # before a damaged header makes us ask for all the memory there is
        if bad is not None:
            raise Damaged(f"damaged (check sum of {bad})")
    arrays = arrays_of(content, "kept run")
    yield dict(json.loads(arrays[ABOUT].tobytes())), arrays


def json_bytes(data: Any) -> NDArray[np.uint8]:
    """Plain data as an array of the bytes of its JSON."""
    return np.frombuffer(json.dumps(data, ensure_ascii=False).encode(), np.uint8)
