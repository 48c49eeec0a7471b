"""The reference engine's resource: units, a queue by priority, and what is accumulated about both.

SimPy's own ``Resource`` serves its queue when a release *event* is processed and cannot change its capacity, so the
order rule would not hold. Here the queue is served inside the command.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from simpy.core import Environment
from simpy.events import Event

from sim.language import PRIORITIES

if TYPE_CHECKING:
    Resume = Callable[[Event], None]


class Waiting(Event):
    """A request in one or several queues; what it succeeds with is sent into the process."""

    def __init__(self, env: Environment, resume: Resume, priority: int, refusal: int) -> None:
        super().__init__(env)
        assert self.callbacks is not None
        self.callbacks.append(resume)
        self.priority = priority
        self.refusal = refusal
        self.places: list[Staffed] = []
        self.served_by: Staffed | None = None

    def join(self, place: Staffed, answer: int) -> None:
        """Go to the end of a queue; ``answer`` is sent into the process if this queue serves it."""
        place.account()
        place.asked += 1
        place.waiting += 1
        place.queues[self.priority][self] = answer
        self.places.append(place)

    def leave(self, served_by: Staffed | None) -> None:
        """Leave all queues but the one that served it, which has let it go already."""
        for place in self.places:
            if place is not served_by:
                place.account()
                place.waiting -= 1
                del place.queues[self.priority][self]
                place.gave_up += served_by is None


class Staffed:
    """Units present (capacity), taken (used) and requests waiting, first come first served by priority."""

    def __init__(self, env: Environment, number: int, name: str, capacity: int) -> None:
        self.env = env
        self.number = number
        self.name = name
        self.capacity = capacity
        self.used = 0
        self.waiting = 0
        self.queues: Sequence[OrderedDict[Waiting, int]] = [OrderedDict() for _ in range(PRIORITIES)]
        self.closed_periods: list[tuple[int, ...]] = []
        self.since = 0
        self._begin_period()

    def _begin_period(self) -> None:
        self.queue_area = self.used_area = self.capacity_area = 0
        self.asked = self.granted = self.gave_up = self.released = 0

    @property
    def free(self) -> int:
        """Units that nobody has; none while use exceeds capacity."""
        return max(0, self.capacity - self.used)

    def account(self) -> None:
        """Add the areas up to now; called before anything changes."""
        elapsed: int = self.env._now - self.since  # type: ignore[assignment]
        if elapsed:
            self.queue_area += self.waiting * elapsed
            self.used_area += self.used * elapsed
            self.capacity_area += self.capacity * elapsed
            self.since += elapsed

    def period(self) -> tuple[int, ...]:
        """The open period's figures, in the order of ``accumulators.NAMES``."""
        areas = (self.queue_area, self.used_area, self.capacity_area)
        return (*areas, self.asked, self.granted, self.gave_up, self.released)

    def close_period(self) -> None:
        """End a period now."""
        self.account()
        self.closed_periods.append(self.period())
        self._begin_period()

    def take(self) -> None:
        """Take a free unit at once."""
        self.account()
        self.asked += 1
        self.granted += 1
        self.used += 1

    def give_back(self) -> None:
        """Return a unit and serve the queue."""
        self.account()
        self.released += 1
        self.used -= 1
        if self.waiting:
            self.serve()

    def set_capacity(self, capacity: int) -> None:
        """Change the units present; a fall takes nothing from anybody."""
        self.account()
        self.capacity = capacity
        self.serve()

    def serve(self) -> None:
        """Hand free units to the heads of the queue; each resumes by a rank-1 event with a fresh number."""
        while self.waiting and self.used < self.capacity:
            queue = next(queue for queue in self.queues if queue)
            waiting, answer = queue.popitem(last=False)
            self.waiting -= 1
            self.used += 1
            self.granted += 1
            waiting.leave(served_by=self)
            waiting.served_by = self
            waiting.succeed(answer)
