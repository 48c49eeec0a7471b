"""Compiled code, kept for the next start: the cache directory, its files, and what numba puts there.

A file is there whole or not at all, carries a digest of its content, and is not believed if that is wrong: a file
cut short or damaged counts as lost, and what it held is compiled again. Damaged machine code would end in a crash
without a word.

A cache that cannot be written to, because it is read-only or the disk is full, is read all the same; what is missing is
then compiled for the present process only.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import os
import pickle
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba import njit
from numba.core import config
from numba.core.caching import _Cache
from numba.core.ccallback import CFunc
from numba.core.compiler import CompileResult
from numba.core.registry import cpu_target
from numba.core.serialize import dumps
from numba.core.sigutils import normalize_signature

SUFFIX = ".code"
"""Of files with the compiled code of a function: ``module.function.digest.code``."""
log = logging.getLogger("narvard.kept")


# --- the directory ---------------------------------------------------------------------------------------------

_instead: dict[Path, Path] = {}
"""Directories that could not be written to, and those used in their place."""


def cache_directory() -> Path:
    """The directory of compiled code: ``NARVARD_CACHE``, else the user's, else a temporary one; it exists.

    Raises
    ------
    OSError
        If there is none that can be made.
    """
    directory = _wanted()
    if directory in _instead:
        return _instead[directory]
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return use_instead(error)
    return directory


def use_instead(error: OSError) -> Path:
    """Keep compiled code in a temporary directory until this process ends, because of an error; returns it.

    Raises
    ------
    OSError
        The error, if there is no temporary directory either, or it is that which cannot be written to.
    """
    if _wanted() in _instead:
        raise error
    try:
        directory = Path(tempfile.mkdtemp(prefix="narvard-"))
    except OSError:
        raise error from None
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    log.warning("compiled code is kept for this process only: %s", error)
    _instead[_wanted()] = directory
    return directory


def _wanted() -> Path:
    named = os.environ.get("NARVARD_CACHE")
    return Path(named) if named else _users_cache()


def _users_cache() -> Path:
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "narvard"


# --- files -----------------------------------------------------------------------------------------------------


def put(path: Path, content: bytes, digest: bool = True) -> None:
    """Write a file so that another process sees all of it or nothing.

    Parameters
    ----------
    digest : bool
        Whether it begins with the digest of its content, which :func:`get` checks; not so for text that Python reads.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(_digest(content) + content if digest else content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def get(path: Path) -> bytes | None:
    """What was put into a file; None if it is lost or not what was written."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    size = hashlib.sha256().digest_size
    if content[:size] == _digest(content[size:]):
        return content[size:]
    log.warning("%s is damaged and is made again", path)
    return None


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


@cache
def file_digest(path: str) -> str:
    """The hash of a file with source text, as it was when it was first asked for."""
    with open(path, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()


@cache
def platform_words() -> str:
    """What compiled code depends on besides its source: versions, options, the processor."""
    versions = [platform.python_version(), numba.__version__, llvmlite.__version__, np.__version__]
    target = cpu_target.target_context.codegen().magic_tuple()
    return "\n".join([*versions, str(config.OPT), *target])  # type: ignore[attr-defined]


# --- numba's part ----------------------------------------------------------------------------------------------


class Code(_Cache):
    """Compiled code of one function, as numba asks for it: a file for each signature.

    Numba's own cache reads damaged files, writes into folders of source text and gives up where it may not.

    Parameters
    ----------
    function : function
        Its code depends on its file and on nothing else that may change.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    @property
    def cache_path(self) -> str:
        """Where the files are."""
        return str(cache_directory())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The code for a signature; None if there is none."""
        target_context.refresh()
        content = get(self._path(sig))
        if content is None:
            return None
        return CompileResult._rebuild(target_context, *pickle.loads(content))  # type: ignore[no-untyped-call]

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the code for a signature, if it can be kept."""
        if data.lifted or data.library.has_dynamic_globals:
            return
        content = dumps(data._reduce())  # type: ignore[no-untyped-call]
        try:
            put(self._path(sig), content)
        except OSError as error:  # it is compiled, and can be used
            log.debug("%s is not kept: %s", self._function.__qualname__, error)

    def enable(self) -> None:
        """Do nothing: it is always enabled."""

    def disable(self) -> None:
        """Do nothing: it cannot be disabled."""

    def flush(self) -> None:
        """Do nothing: other names are used when the source changes."""

    def _path(self, sig: Any) -> Path:
        function = self._function
        known = f"{file_digest(function.__code__.co_filename)}\n{platform_words()}\n{sig}"
        digest = hashlib.sha256(known.encode()).hexdigest()[:20]
        return cache_directory() / f"{function.__module__}.{function.__qualname__}.{digest}{SUFFIX}"


def functions_kept(directory: Path) -> set[str]:
    """The functions whose code is in a directory, as ``module.function``."""
    return {path.name.rsplit(".", 2)[0] for path in directory.glob(f"*{SUFFIX}")}


def kept(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorator: compile with numba's ``njit`` and these options, and keep the code."""

    def compiled(function: Callable[..., Any]) -> Any:
        dispatcher = njit(**options)(function)
        dispatcher._cache = Code(function)
        return dispatcher

    return compiled


def kept_callback(signature: Any, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorator: compile to a function with an address, as numba's ``cfunc`` does, and keep the code."""

    def compiled(function: Callable[..., Any]) -> Any:
        types = normalize_signature(signature)  # type: ignore[no-untyped-call]
        callback: Any = CFunc(function, types, locals={}, options=options)
        callback._cache = Code(function)
        callback.compile()
        return callback

    return compiled
