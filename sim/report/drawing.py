"""Figures drawn on two processors: some of them by a second process, which gets ready while the simulation runs.

Drawing is Python through and through, so threads would not help. The files are the same whoever draws them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sim.report.canvas import save
from sim.report.language import language, spoken
from sim.report.pictures import PICTURES, Picture
from sim.report.result import Result, read
from sim.workers import processors, start_worker

FIGURES = "figures"
"""Folder of the figures within that of a result."""
DONE = "done"


class Assistant:
    """A second process that draws figures of one result.

    Parameters
    ----------
    process
        Reads the folder of a result, the name of a figure and a language from each line of its standard input, and
        answers when the figure is drawn.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def draw(self, folder: Path, picture: Picture, code: str) -> bool:
        """Have a figure drawn in a language; False if that could not be done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps([str(folder), picture.name, code]) + "\n")
            self._process.stdin.flush()
            return self._process.stdout.readline().strip() == DONE
        except OSError:  # it has ended
            return False


@contextmanager
def assistant() -> Iterator[Assistant | None]:
    """An assistant for as long as it may be needed; None where there is one processor, or no second process can be."""
    process = _started()
    if process is None:
        yield None
        return
    try:
        yield Assistant(process)
    finally:
        process.terminate()
        process.communicate()  # closes its pipes, broken or not, and waits for its end


def _started() -> subprocess.Popen[str] | None:
    """The process, if there is a processor for it."""
    if processors() < 2:
        return None
    try:
        return start_worker("from sim.report.drawing import work; work()")
    except OSError:
        return None


def draw_all(result: Result, folder: Path, pictures: Sequence[Picture], helper: Assistant | None = None) -> None:
    """Draw figures of a result into its folder: from the first on here, from the last on by the helper."""
    waiting = deque(pictures)
    failed: list[Picture] = []
    code = language()  # a thread of its own would speak the usual one

    def hand_out(helper: Assistant) -> None:
        failed.extend(picture for picture in _until_empty(waiting.pop) if not helper.draw(folder, picture, code))

    threads = [threading.Thread(target=hand_out, args=(helper,))] if helper else []
    for thread in threads:
        thread.start()
    try:
        for picture in _until_empty(waiting.popleft):
            draw(result, folder, picture)
    finally:
        waiting.clear()
        for thread in threads:
            thread.join()
    for picture in failed:
        draw(result, folder, picture)


def _until_empty(take: Callable[[], Picture]) -> Iterator[Picture]:
    """What is taken, until nothing is left."""
    while True:
        try:
            picture = take()
        except IndexError:
            return
        yield picture


def draw(result: Result, folder: Path, picture: Picture) -> None:
    """Draw a figure of a result into its folder."""
    save(picture.drawn(result), folder / FIGURES, picture.name)


def work() -> None:
    """Draw what standard input asks for; all figures are of the same result."""
    result: Result | None = None
    for line in sys.stdin:
        folder, name, code = json.loads(line)
        result = result or read(Path(folder))
        with spoken(code):
            draw(result, Path(folder), next(picture for picture in PICTURES if picture.name == name))
        print(DONE, flush=True)
