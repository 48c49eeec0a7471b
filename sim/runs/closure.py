"""Which source a job's results come from (källkodens omfång): the modules that it reaches by its imports.

A name is followed to the module that defines it, never through the ``__init__`` of a room that passes it on, so that
what a room has beside it does not count. Imports within functions count as those at the top do; what only a type
checker sees does not. Whoever keeps what a job has made keeps the digest of this beside it, and goes on with nothing
that other code has made.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PACKAGE = "sim"
ROOT = Path(__file__).parents[1]


@cache
def code_of(job: str) -> str:
    """SHA-256 of the source that a job's results come from, as hex digits.

    Parameters
    ----------
    job
        The module that makes them, such as ``sim.replication.replication``.
    """
    return digest_of(closure(job))


def digest_of(modules: frozenset[str], root: Path = ROOT) -> str:
    """SHA-256 of the sources of modules, as hex digits."""
    return source_digest(root, (_path(module, root) for module in modules))


def source_digest(folder: Path, paths: Iterable[Path]) -> str:
    """SHA-256 of files in a folder, names and contents, as hex digits."""
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def closure(job: str, root: Path = ROOT) -> frozenset[str]:
    """The modules of this package that a module reaches, itself among them.

    Raises
    ------
    LookupError
        If there is no such module.
    """
    reached: set[str] = set()
    waiting = [job]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += _imported(_path(module, root), root)
    return frozenset(reached)


@cache
def _path(module: str, root: Path) -> Path:
    place = root.joinpath(*module.split(".")[1:])
    for path in (place.with_suffix(".py"), place / "__init__.py"):
        if path.is_file():
            return path
    raise LookupError(f"no module {module}")


def _imported(path: Path, root: Path) -> Iterator[str]:
    """Modules that define what a file imports."""
    for module, name, _ in _imports(path.read_bytes()):
        found = _defining(module, name, root) if name else module
        if found:
            yield found


@cache
def _imports(source: bytes) -> tuple[tuple[str, str, str], ...]:
    """Modules of this package that a source imports from, names there and here; without names for a whole module."""
    found = []
    for node in _seen(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(name.name, "", "") for name in node.names if name.name.startswith(f"{PACKAGE}.")]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            found += [(str(node.module), name.name, name.asname or name.name) for name in node.names]
    return tuple(dict.fromkeys(found))


def _seen(node: ast.AST) -> Iterator[ast.AST]:
    """All statements but those that only a type checker sees."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            for other in child.orelse:
                yield from _seen(other)
        else:
            yield child
            yield from _seen(child)


def _defining(module: str, name: str, root: Path) -> str:
    """The module that defines a name that is imported from another; empty for the public names of the package."""
    if _is_module(f"{module}.{name}", root):
        return f"{module}.{name}"
    path = _path(module, root)
    if path.name != "__init__.py":
        return module
    for origin, passed, called in _imports(path.read_bytes()):
        if called == name:
            return _defining(origin, passed, root)
    return "" if module == PACKAGE else module


@cache
def _is_module(module: str, root: Path) -> bool:
    try:
        _path(module, root)
    except LookupError:
        return False
    return True
