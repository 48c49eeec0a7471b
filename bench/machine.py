"""Facts about the machine and the versions that a measurement depends on."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def peak_memory() -> float:
    """Most memory this process has had so far, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # getrusage would count what the parent held before this program was loaded.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024


def compiler() -> str:
    """Where gcc is; empty if it is not."""
    return shutil.which("gcc") or ""


def facts() -> dict[str, str]:
    """Processor, cores and versions; nothing that says where or when."""
    found = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{_memory():.0f} GB",
        "system": platform.system(),
        "Python": platform.python_version(),
    }
    for package in ("numba", "numpy", "simpy", "ciw"):
        found[package] = _version(package)
    found["gcc"] = _gcc()
    return found


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _gcc() -> str:
    if not compiler():
        return "not installed"
    return subprocess.run([compiler(), "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()
