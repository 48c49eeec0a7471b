"""Other Python processes that work for this one, each on a processor of its own."""

from __future__ import annotations

import os
import subprocess
import sys


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_worker(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python process that is spoken to through its standard input and output, in lines.

    It imports what this process would import, whatever lies in the present folder, and is in a session of its own: an
    interrupt by the keyboard is for the process that asked.

    Parameters
    ----------
    code : str
        What it runs.
    arguments : str
        Its ``sys.argv[1:]``.

    Raises
    ------
    OSError
        If no process may be started.
    """
    folders = os.pathsep.join(folder or os.getcwd() for folder in sys.path)
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": folders},
        start_new_session=True,
    )
