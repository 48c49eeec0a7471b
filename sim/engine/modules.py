"""Where lowered code lives: modules in a cache directory, named by the hash of all they depend on.

A module's text names the modules it imports, which are named by their hashes, and the hashes of compiled functions
outside; the name also covers this package's own code, Python, numba, NumPy and the processor. So nothing stale can
ever be found, and what has not changed is never compiled again.
"""

from __future__ import annotations

import hashlib
import re
import sys
import threading
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from sim.code_cache import cache_directory, file_digest, platform_words, put, use_instead
from sim.engine.compiling import KERNEL, Task, compile_all, compile_function, compiled_already
from sim.engine.errors import EngineError
from sim.engine.objects import Loader, object_path

HERE = Path(__file__).parent
OWN_FILES = ("backend.py", "arithmetic.py")
ARITHMETIC = "narvard_plain_arithmetic"
"""The arithmetic of lowered code as a plain module."""
_loading = threading.RLock()
_loader = Loader()
Result = TypeVar("Result")


@cache
def environment() -> str:
    """What compiled code depends on besides its text."""
    return "\n".join([*(file_digest(str(HERE / name)) for name in OWN_FILES), platform_words()])


class Modules(Protocol):
    """A way to make lowered text run.

    Attributes
    ----------
    compiled : bool
        Whether steps are reached through addresses.
    """

    compiled: bool

    def name(self, short: str, text: str) -> str:
        """The name of the module for this text."""
        ...

    def prepare(self, texts: Mapping[str, str], tasks: Sequence[Task]) -> None:
        """Make the code of these modules, each given after those it imports."""
        ...

    def ready(self, names: Sequence[str]) -> bool:
        """Whether the code of these processes is there."""
        ...

    def steps(self, names: Sequence[str]) -> Any:
        """The steps of these processes, as the kernel calls them; their code is there."""
        ...

    def kernel(self) -> types.ModuleType:
        """The kernel."""
        ...


def hashed_name(short: str, text: str) -> str:
    """``narvard_<short>_<hash>``, a valid module name."""
    digest = hashlib.sha256(f"{text}\n{environment()}".encode()).hexdigest()[:20]
    return f"narvard_{re.sub(r'[^0-9A-Za-z]+', '_', short)[-60:]}_{digest}"


class CompiledModules:
    """Modules compiled by numba, kept in the cache directory.

    Parameters
    ----------
    alone : bool
        Whether everything is compiled in this process, the kernel when it is first called.
    """

    compiled = True

    def __init__(self, alone: bool = False) -> None:
        self._alone = alone

    def name(self, short: str, text: str) -> str:
        """The name of the module for this text."""
        return hashed_name(short, text)

    def load(self, name: str, text: str) -> types.ModuleType:
        """The module, made or found."""
        with _loading:
            if name in sys.modules:
                return sys.modules[name]
            path = _somewhere(lambda directory: _written(directory, name, text))
            return _execute(name, path, text)

    def prepare(self, texts: Mapping[str, str], tasks: Sequence[Task]) -> None:
        """Write the modules and compile, with all processors, what has never been compiled."""
        _somewhere(lambda directory: self._prepare(directory, texts, tasks))

    def _prepare(self, directory: Path, texts: Mapping[str, str], tasks: Sequence[Task]) -> None:
        for name, text in texts.items():
            _written(directory, name, text)
        steps = [task for task in tasks if task.takes is None]
        self._found(directory, [task.module for task in steps])  # those that are damaged go
        here = partial(self._compile_here, texts, tasks)
        compile_all(tasks if self._alone else [self._kernel_task(), *tasks], directory, here, not self._alone)
        for task in steps:  # what no worker could do
            if not self._found(directory, [task.module]):
                here(task)

    def _compile_here(self, texts: Mapping[str, str], tasks: Sequence[Task], task: Task) -> None:
        """Compile a function in this process, with all rules at hand."""
        for other in tasks:
            if other.takes is not None:
                self.load(other.module, texts[other.module])
        function = getattr(self.load(task.module, texts[task.module]), task.function)
        compile_function(function, task.takes, object_path(cache_directory(), task.module))

    def _kernel_task(self) -> Task:
        return Task(self.name("kernel", _kernel_text()), "run", None, frozenset(), KERNEL)

    def ready(self, names: Sequence[str]) -> bool:
        """Whether the kernel and the object files of these processes are in the cache."""
        directory = cache_directory()
        kernel = self._kernel_task()
        return self._found(directory, names) and (
            self._alone or f"{kernel.module}.{kernel.function}" in compiled_already(directory)
        )

    def _found(self, directory: Path, names: Sequence[str]) -> bool:
        """Whether the object files of these processes are there; damaged ones are taken away."""
        with _loading:
            found = [_loader.finds(object_path(directory, name)) for name in names]  # every one is looked at
        return all(found)

    def steps(self, names: Sequence[str]) -> Any:
        """The addresses of these processes."""
        directory = cache_directory()
        with _loading:
            return np.array(_loader.addresses([object_path(directory, name) for name in names]), np.int64)

    def kernel(self) -> types.ModuleType:
        """The kernel, compiled once for all models."""
        text = _kernel_text()
        return self.load(self.name("kernel", text), text)


@cache
def _kernel_text() -> str:
    return (HERE / "kernel.py").read_text(encoding="utf-8")


class PlainModules:
    """The same modules as plain Python, in memory.

    Parameters
    ----------
    kernel_text : str, optional
        Another kernel, to see whether the tests notice.
    """

    compiled = False

    def __init__(self, kernel_text: str | None = None) -> None:
        self.kernel_text = kernel_text or _kernel_text()
        self._kernel: types.ModuleType | None = None

    def name(self, short: str, text: str) -> str:
        """The name of the module for this text."""
        return hashed_name(f"plain_{short}", text)

    def load(self, name: str, text: str) -> types.ModuleType:
        """The module, made or found."""
        if name in sys.modules:
            return sys.modules[name]
        if ARITHMETIC not in sys.modules:
            sys.modules[ARITHMETIC] = self._run(ARITHMETIC, (HERE / "arithmetic.py").read_text(encoding="utf-8"))
        module = self._run(name, text)
        sys.modules[name] = module
        return module

    def prepare(self, texts: Mapping[str, str], tasks: Sequence[Task]) -> None:
        """Run the texts of the modules."""
        for name, text in texts.items():
            self.load(name, text)

    def ready(self, names: Sequence[str]) -> bool:
        """Whether these modules have been run."""
        return all(name in sys.modules for name in names)

    def steps(self, names: Sequence[str]) -> Any:
        """The step functions."""
        return [sys.modules[name].step for name in names]

    def kernel(self) -> types.ModuleType:
        """The kernel, run once."""
        if self._kernel is None:
            self._kernel = self._run("narvard_plain_kernel", self.kernel_text)
        return self._kernel

    def _run(self, name: str, text: str) -> types.ModuleType:
        text = text.replace("from sim.engine.backend import", "from sim.engine.plain import")
        text = text.replace("from sim.engine.arithmetic import", f"from {ARITHMETIC} import")
        module = types.ModuleType(name)
        exec(compile(text, name, "exec"), module.__dict__)
        return module


def _somewhere(work: Callable[[Path], Result]) -> Result:
    """Do what may write to the cache; in a temporary directory if the cache cannot be written to."""
    try:
        return work(cache_directory())
    except OSError as first:
        try:
            return work(use_instead(first))
        except OSError as error:
            raise EngineError(
                f"compiled code cannot be kept anywhere ({error}); NARVARD_CACHE names a directory for it"
            ) from error


def _written(directory: Path, name: str, text: str) -> Path:
    """The file of a module, written if it is not there as it should be."""
    path = directory / f"{name}.py"
    content = text.encode()
    if not path.exists() or path.read_bytes() != content:
        put(path, content, digest=False)
    return path


def _execute(name: str, path: Path, text: str) -> types.ModuleType:
    """Run the text of a module; Python would believe a damaged file of bytecode."""
    module = types.ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    try:
        exec(compile(text, str(path), "exec"), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    return module
