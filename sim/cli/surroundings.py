"""What the machine may hold ready for a command (omgivning): closed streams, ASCII, no folder, an absurd terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Iterator

from sim.texts import for_terminal

TRACEBACK = "NARVARD_TRACEBACK"
"""Set to anything, it makes an error inside narvard show where it came from."""
FAILED = 1
"""Exit code after an error inside narvard, which is nobody's input."""
COLUMNS = (40, 400)
"""Bounds on the width that ``COLUMNS`` may state."""


def settle() -> None:
    """Make the streams usable, whatever they are: texts in any alphabet can be printed, and none is missing."""
    _fill_closed()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (until the process ends)
        elif hasattr(stream, "reconfigure"):
            with contextlib.suppress(OSError, ValueError):
                stream.reconfigure(errors="replace" if name == "stdout" else "backslashreplace")
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 (until the process ends)
    _settle_width()


def _fill_closed() -> None:
    """Put nothing in the place of closed streams: else the next file that is opened takes it, and is printed into."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one


def _settle_width() -> None:
    stated = os.environ.get("COLUMNS")
    if stated is None:
        return
    if stated.isascii() and stated.isdigit() and len(stated) < 10:
        low, high = COLUMNS
        os.environ["COLUMNS"] = str(min(max(int(stated), low), high))
    else:
        del os.environ["COLUMNS"]


@contextlib.contextmanager
def quiet_end() -> Iterator[None]:
    """See that what was printed has left, so that nothing is told after the end; a reader may have gone."""
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BrokenPipeError:
                to_nowhere(stream.fileno())
            except ValueError:  # closed meanwhile
                pass


def to_nowhere(number: int) -> None:
    """Let what is still printed to a stream go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)


def tell(text: object) -> None:
    """An error, on standard error; nothing in it steers the terminal."""
    with contextlib.suppress(OSError, ValueError):
        print(for_terminal(str(text)), file=sys.stderr)


def tell_fault(error: BaseException) -> int:
    """Say that narvard itself failed, and where; returns the exit code."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""
    what = " ".join(f"{type(error).__name__}: {error}".split())[:500]
    tell(f"narvard: a fault of narvard's own: {what}{where}; with {TRACEBACK}=1 it shows more, which helps to mend it")
    if os.environ.get(TRACEBACK):
        tell("".join(traceback.format_exception(error)))
    return FAILED
