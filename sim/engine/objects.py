"""Machine code of processes: an object file for each, written when it is compiled, loaded by LLVM alone.

A process is reached through its address and nothing else, so neither its Python module nor those of its rules are
needed to run it. Loading a hundred of these files takes a hundredth of a second.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import llvmlite.binding
from numba.core import config
from numba.core.registry import cpu_target

from sim.code_cache import get, put

SUFFIX = ".step"


def object_path(directory: Path, module: str) -> Path:
    """Where the machine code of a process is kept."""
    return directory / f"{module}{SUFFIX}"


def write_object(path: Path, step: Any) -> None:
    """Keep a step: a line with its symbol, then the object file.

    Parameters
    ----------
    step : numba CFunc
        Compiled in this process, not found in numba's own cache, which does not give the code away.
    """
    code = step._library._get_compiled_object()
    put(path, f"{step.native_name}\n".encode() + code)


class Loader:
    """Loads object files into this process, each once, for as long as it lives."""

    def __init__(self) -> None:
        self._engine: Any = None
        self._addresses: dict[str, int] = {}
        self._found: dict[str, bytes] = {}

    def finds(self, path: Path) -> bool:
        """Whether a file is there, and as it was written; a damaged one is taken away."""
        if path.name in self._addresses or path.name in self._found:
            return True
        content = get(path)
        if content is None:
            with contextlib.suppress(OSError):
                path.unlink()
            return False
        self._found[path.name] = content
        return True

    def addresses(self, paths: Sequence[Path]) -> list[int]:
        """The addresses of the steps in these files; a name always stands for the same code."""
        symbols: dict[str, str] = {}
        for path in paths:
            if path.name not in self._addresses and path.name not in symbols:
                if not self.finds(path):
                    raise OSError(f"{path} is lost or damaged")
                symbol, _, code = self._found.pop(path.name).partition(b"\n")
                symbols[path.name] = symbol.decode()
                self._ready().add_object_file(llvmlite.binding.ObjectFileRef.from_data(code))
        if symbols:
            self._ready().finalize_object()
        for name, wanted in symbols.items():
            self._addresses[name] = self._ready().get_function_address(wanted)
        return [self._addresses[path.name] for path in paths]

    def _ready(self) -> Any:
        """LLVM's engine that holds the code."""
        if self._engine is None:
            context = cpu_target.target_context  # numba makes its own symbols known
            target = llvmlite.binding.Target.from_triple(context.codegen().magic_tuple()[0])
            self._engine = llvmlite.binding.create_mcjit_compiler(
                llvmlite.binding.parse_assembly(""),
                target.create_target_machine(opt=3, jit=True),
                use_lmm=config.USE_LLVMLITE_MEMORY_MANAGER,  # type: ignore[attr-defined]
            )
        return self._engine
