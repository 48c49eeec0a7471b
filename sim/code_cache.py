"""Compiled code, kept for the next start: the cache directory, its files, and what numba puts there.

A file is there whole or not at all, carries a digest of its content, and is not believed if that is wrong: a file
cut short or damaged counts as lost, and what it held is compiled again. Damaged machine code would end in a crash
without a word.

Code is run as it is, so it is believed only where nobody else can have put it: the directory and its files belong to
this user, or to root, and others may not write to them. Any other directory is left alone, which is told, and a
temporary one is used.

A cache that cannot be written to, because it is read-only or the disk is full, is read all the same; what is missing is
then compiled for the present process only.
"""

from __future__ import annotations

import atexit
import errno
import hashlib
import logging
import os
import pickle
import platform
import shutil
import stat
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

from sim.files import RESULT_BYTES as CODE_BYTES
from sim.files import read_bytes

SUFFIX = ".code"
"""Of files with the compiled code of a function: ``module.function.digest.code``."""
log = logging.getLogger("narvard.kept")


# --- the directory ---------------------------------------------------------------------------------------------

_instead: dict[Path | None, Path] = {}
"""Directories that could not be used, and those used in their place; None stands for a user without a home."""
_private: set[Path] = set()
"""Directories that have been found private."""
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class NotPrivate(OSError):
    """A directory into which somebody else could have put code."""

    def __init__(self, path: Path, says: str) -> None:
        super().__init__(errno.EPERM, says, str(path))

    def __str__(self) -> str:
        return f"{self.filename}: {self.strerror}"


def cache_directory() -> Path:
    """The directory of compiled code: ``NARVARD_CACHE``, else the user's, else a temporary one; it exists.

    Nobody else may write to it, nor take it away: code in it is run as it is.

    Raises
    ------
    OSError
        If there is none that can be made.
    """
    directory = _wanted()
    if directory in _instead:
        return _instead[directory]
    try:
        if directory is None:
            raise OSError(errno.ENOENT, "no home directory, and NARVARD_CACHE names no other")
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        if directory not in _private:
            _see_private(directory, ours=not os.environ.get("NARVARD_CACHE"))
            _private.add(directory)
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
        directory = Path(tempfile.mkdtemp(prefix="narvard-"))  # of mode 0700
    except OSError:
        raise error from None
    atexit.register(_take_away, directory, os.getpid())
    log.warning("compiled code is kept for this process only: %s", error)
    _instead[_wanted()] = _instead[directory] = directory
    os.environ["NARVARD_CACHE"] = str(directory)  # for the processes that this one starts
    return directory


def _take_away(directory: Path, owner: int) -> None:
    """Remove a temporary directory, in the process that made it."""
    if os.getpid() == owner:
        shutil.rmtree(directory, ignore_errors=True)


def _see_private(directory: Path, ours: bool) -> None:
    """See that nobody else can have written into a directory.

    Parameters
    ----------
    ours
        Whether nobody named it: then one of this user that others may write to is closed to them.

    Raises
    ------
    NotPrivate
        If somebody else can.
    """
    if not hasattr(os, "geteuid"):
        return
    real = Path(os.path.realpath(directory))
    found = real.stat()
    if found.st_uid not in _trusted():
        raise NotPrivate(real, f"belongs to user {found.st_uid}, whose code would be run here")
    if found.st_mode & OTHERS_WRITE:
        if not ours or found.st_uid != os.geteuid():
            raise NotPrivate(real, "others may write to it, and their code would be run here; chmod 700 closes it")
        real.chmod(0o700)  # files that others put there meanwhile are theirs, and are not believed
    for parent in real.parents:
        above = parent.stat()
        if above.st_uid not in _trusted():
            raise NotPrivate(real, f"{parent} above it belongs to user {above.st_uid}, who could put another there")
        own_group = above.st_gid == os.getegid() and not above.st_mode & stat.S_IWOTH
        if above.st_mode & OTHERS_WRITE and not above.st_mode & stat.S_ISVTX and not own_group:
            raise NotPrivate(real, f"{parent} above it may be written to by others, who could put another there")


def _trusted() -> tuple[int, int]:
    """Users whose files are believed: this one, and root, who can do anything as it is."""
    return os.geteuid(), 0


def _wanted() -> Path | None:
    named = os.environ.get("NARVARD_CACHE")
    return Path(named) if named else _users_cache()


def _users_cache() -> Path | None:
    try:
        home = Path.home()
    except RuntimeError:  # neither HOME nor an entry for this user
        home = None
    if sys.platform == "win32":
        named, below = os.environ.get("LOCALAPPDATA", ""), Path("AppData") / "Local"
    elif sys.platform == "darwin":
        named, below = "", Path("Library") / "Caches"
    else:
        named, below = os.environ.get("XDG_CACHE_HOME", ""), Path(".cache")
    if os.path.isabs(named):  # others do not count, says the standard
        return Path(named) / "narvard"
    return home / below / "narvard" if home is not None and home.is_absolute() else None


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
    """What was put into a file; None if it is lost, not what was written, or may be somebody else's."""
    try:
        if not _of_ours(path):
            log.warning("%s may be somebody else's, and is made again", path)
            return None
        content = read_bytes(path, CODE_BYTES)
    except OSError:
        return None
    size = hashlib.sha256().digest_size
    if content[:size] == _digest(content[size:]):
        return content[size:]
    log.warning("%s is damaged and is made again", path)
    return None


def _of_ours(path: Path) -> bool:
    """Whether a file is regular, no link, of this user or root, and nobody else may write to it."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        return False
    return not hasattr(os, "geteuid") or (found.st_uid in _trusted() and not found.st_mode & OTHERS_WRITE)


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
