"""The state at T0 (start), kept: any number of arms begin from it, in any order and from several threads.

The compiled engine copies the state; SimPy cannot copy generators, so there each arm runs from time 0, with the same
records. For Umeå länsdel a process that keeps a state grew by 560 MB, and by 320 MB for each arm while it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event, Lock
from typing import TYPE_CHECKING

from sim.engine.program import Progress
from sim.model.period import CURRENT, Period
from sim.replication.arm import Arm, Kept, Reduced, ended_at_horizon, reduced
from sim.replication.beginning import Started, begin
from sim.runs.progress import Stopped, Tick
from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.replication.replication import Replication

Staffing = Callable[[Scenario], Scenario]
"""Makes an arm's scenario from T0 on of that before: levers, beds, staffing and the resource table may differ. All else
the flows have read before T0, and must be the same."""
Stop = Event | Callable[[], bool]
"""Set, or true, when what runs is no longer wanted."""
SLICE_EVENTS = 200_000
"""Events between two looks at ``stop``: less than 0.1 s compiled."""


class Start:
    """One replication at T0, built once for a scenario, a seed and a number.

    Parameters
    ----------
    scenario
        A checked scenario with a region and a governance ``current``; with an ensemble, the number chooses the
        parameter set.
    seed, number
        Key of all draws.
    engine
        ``compiled`` or ``simpy``.
    progress
        Called now and then with the simulated time.
    stop
        Looked at every slice: whether to stop building.
    slice_events
        Events between two looks at ``stop``.

    Raises
    ------
    Stopped
        If it was.

    Examples
    --------
    ::

        start = Start(sim.load("scenarios/vannas.toml"), seed=1, number=0)
        days = start.arm("coordinated").table.value("hospital_days")
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        number: int,
        engine: str = "compiled",
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
        slice_events: int = SLICE_EVENTS,
    ) -> None:
        self.scenario, self.seed, self.number, self.engine = scenario, seed, number, engine
        self._lock, self._measuring = Lock(), Lock()
        self._current: Reduced | None = None
        self._shared = False
        self._kept: Started | None = self._reached(_looking(progress, stop), slice_events)

    def arm(
        self,
        governance: str,
        staffing: Staffing | None = None,
        *,
        stop: Stop | None = None,
        slice_events: int = SLICE_EVENTS,
        progress: Progress | None = None,
        last: bool = False,
    ) -> Arm:
        """Run an arm from T0 to the horizon, with nobody told apart by enrolment, which depends on other arms.

        Parameters
        ----------
        governance
            A name of the scenario.
        staffing
            What makes its scenario from T0 on; None: the same.
        stop
            Looked at every slice: whether to stop.
        slice_events
            Events between two looks at ``stop`` and calls of ``progress``.
        progress
            Called with the simulated time.
        last
            Whether no other arm will be asked for: it may use up the state.

        Raises
        ------
        Stopped
            If it was.
        RuntimeError
            After the last arm.
        """
        keep = Kept(patterns=False)
        done = self.reduced(
            governance, keep, staffing, stop=stop, slice_events=slice_events, progress=progress, last=last
        )
        return done.arm()

    def pair(
        self,
        governance: str,
        staffing: Staffing | None = None,
        *,
        stop: Stop | None = None,
        slice_events: int = SLICE_EVENTS,
        progress: Progress | None = None,
    ) -> Replication:
        """Run `current` and an arm, told apart by enrolment; `current` is run and measured once, and then kept.

        Parameters and errors are those of :meth:`arm`. The records and outcomes are those of ``replicate``.
        """
        from sim.replication.replication import together

        with self._measuring:  # who asks meanwhile waits for it: it is needed by all
            if self._current is None:
                keep = Kept(replication=self.number, daily=True)
                self._current = self.reduced(CURRENT, keep, stop=stop, slice_events=slice_events, progress=progress)
        keep = Kept(replication=self.number)
        arm = self.reduced(governance, keep, staffing, stop=stop, slice_events=slice_events, progress=progress)
        return together(self.number, (self._current, arm))

    def reduced(
        self,
        governance: str,
        keep: Kept,
        staffing: Staffing | None = None,
        *,
        stop: Stop | None = None,
        slice_events: int = SLICE_EVENTS,
        progress: Progress | None = None,
        last: bool = False,
    ) -> Reduced:
        """Run an arm as :meth:`arm`, and keep of it what is asked for."""
        looking = _looking(progress, stop)
        started = self.at_switch(looking, slice_events, last=last)
        prepared = started.setting
        if staffing is not None:
            prepared = replace(prepared, scenario=staffing(prepared.scenario))
        ended = ended_at_horizon(prepared, started.simulation, governance, looking)
        del started  # nobody else knows it: its queues, frames and world go now
        return reduced(prepared, ended, governance, keep)

    def at_switch(self, progress: Progress, slice_events: int = SLICE_EVENTS, *, last: bool = False) -> Started:
        """A simulation at T0 for whoever asks to change and run; progress is called if it must be run to there."""
        with self._lock:
            if self.engine == "compiled":
                self.state()  # an error if it is used up
            kept, self._kept = self._kept, None
            if self.engine == "compiled" and kept is not None and not last:
                self._kept = kept
                if not self._shared:
                    kept.simulation.share()  # type: ignore[attr-defined]
                    self._shared = True
                kept = Started(kept.setting, kept.simulation.fork())  # type: ignore[attr-defined]
        if kept is None:
            kept = self._reached(progress, slice_events)
        kept.simulation.slice_events = slice_events
        return kept

    def state(self) -> Started:
        """The state at T0, to be read only.

        Raises
        ------
        RuntimeError
            After the last arm, and on SimPy after the first.
        """
        if self._kept is None:
            raise RuntimeError("start: the last arm has used up the state at T0")
        return self._kept

    def _reached(self, progress: Progress, slice_events: int) -> Started:
        """A simulation, run from time 0 to T0."""
        started = begin(self.scenario, self.seed, self.number, self.engine)
        started.simulation.slice_events = slice_events
        started.simulation.run(started.setting.period.starts, progress)
        return started


def _looking(progress: Progress | None, stop: Stop | None) -> Progress:
    """What is done every slice."""
    wanted = stop.is_set if isinstance(stop, Event) else stop

    def look(now: int) -> None:
        if wanted is not None and wanted():
            raise Stopped
        if progress is not None:
            progress(now)

    return look


class ArmsProgress:
    """Share of a replication that is done, over its arms; called by the engine with the simulated time.

    It never falls, also where an arm is run from the start again.
    """

    def __init__(self, tick: Tick | None, period: Period, arms: int) -> None:
        self._tick = tick
        self._period = period
        self._done = 0
        self._highest = 0.0
        self.expect(arms)

    def expect(self, arms: int) -> None:
        """So many arms are to be run from T0."""
        self._work = self._period.starts + arms * (self._period.horizon - self._period.starts)

    def __call__(self, now: int) -> None:
        """The simulated time of the arm that runs, from time 0."""
        self._highest = max(self._highest, (self._done + now) / self._work)
        if self._tick is not None:
            self._tick(self._highest)

    def arm_done(self) -> None:
        """The next arm begins where this one did."""
        self._done += self._period.horizon - self._period.starts
