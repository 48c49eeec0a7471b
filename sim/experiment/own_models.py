"""Replications of a model of one's own (egen modell): side by side, to a precision, variants paired.

The model is any function that takes the number of a replication: around ``sim.engine.run``, or around anything else
that follows from that number alone. Executors, intervals, precision, pairing and MSER-5 are those of scenarios.
"""

from __future__ import annotations

import inspect
import math
import pickle
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.engine import Records
from sim.outcomes.transient import in_first_half, mser5
from sim.problems import like
from sim.runs.executors import Where, spread
from sim.runs.progress import Progress, Tick
from sim.statistics.comparison import NUMBERS, Paired
from sim.statistics.moments import Moments
from sim.statistics.precision import Rule, Target
from sim.workers import processors

if TYPE_CHECKING:
    import pandas as pd

Measures = Mapping[str, Any]
"""By name: a number, or a series over time, shape (times,)."""
Model = Callable[..., Records | Measures]
ONLY = "model"
"""Name of the variant where there is one alone."""
ENGINES = ("compiled", "simpy")


@dataclass(frozen=True)
class Precision(Target):
    """A precision on measures of one's own; as ``sim.Target``, with no measures named for all of them.

    Examples
    --------
    ::

        Precision(0.02, ("wait",), least=5, most=500)
    """

    outcomes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.outcomes, str):
            raise ValueError(f"outcomes: {self.outcomes!r} given, a tuple of names needed: ({self.outcomes!r},)")
        if self.outcomes:
            super().__post_init__()
        else:  # checked all the same; the names come with the first replication
            Precision(self.relative, ("all",), self.least, self.most, self.look_ahead)

    def check_name(self, name: str) -> None:
        """Any name is one, until the first replication is there."""

    def unit(self, name: str) -> str:
        """What the model measures in is its own."""
        return ""


@dataclass(frozen=True, eq=False)
class Replicated:
    """What came of the replications, in the order of their numbers; two variants or more have the same draws.

    Attributes
    ----------
    variants, measures
        Names.
    values : array of shape (replications, variants, measures)
        nan where a replication did not give a measure.
    series
        By name, the mean over the replications, shape (variants, times).
    precision
        What was asked for and what came of it, by variant; see ``sim.statistics.precision.Rule.report``. None without.
    """

    variants: tuple[str, ...]
    measures: tuple[str, ...]
    values: NDArray[np.float64]
    series: Mapping[str, NDArray[np.float64]]
    precision: Mapping[str, dict[str, Any]] | None = None

    @property
    def replications(self) -> int:
        """How many there are."""
        return len(self.values)

    def frame(self) -> pd.DataFrame:
        """One row for each replication, variant and measure: the three, and ``value``."""
        import pandas as pd

        shape = self.values.shape
        index = pd.MultiIndex.from_product(
            [range(shape[0]), self.variants, self.measures], names=["replication", "variant", "measure"]
        )
        return pd.DataFrame({"value": self.values.ravel()}, index).reset_index()

    def means(self) -> pd.DataFrame:
        """One row for each variant and measure: ``mean`` with its 95 % t interval, ``sd``, ``replications``."""
        import pandas as pd

        moments = Moments(self.values.shape[1:])
        for values in self.values:
            moments.add(values)
        low, high = moments.interval()
        columns = {"mean": moments.mean, "low": low, "high": high, "sd": np.sqrt(moments.variance)}
        index = pd.MultiIndex.from_product([self.variants, self.measures], names=["variant", "measure"])
        table = {name: column.ravel() for name, column in (columns | {"replications": moments.count}).items()}
        return pd.DataFrame(table, index).reset_index()

    def differences(self, first: str | None = None) -> pd.DataFrame:
        """Paired differences of the other variants from one, by default from that named first.

        Returns
        -------
        DataFrame
            One row for each other variant and measure: the means ``first`` and ``second`` over the replications that
            have both, ``difference`` (second - first) with its 95 % interval, ``relative``, ``replications`` and
            ``variance_ratio``, as many times as many replications unpaired runs would need.

        Raises
        ------
        ValueError
            If there is one variant alone, or none of this name.
        """
        import pandas as pd

        if len(self.variants) < 2:
            raise ValueError(f"differences: one variant ({self.variants[0]}) was run, at least two needed")
        if first is not None and first not in self.variants:
            raise ValueError(f"first: {first!r} given, one of {', '.join(self.variants)} needed")
        base = 0 if first is None else self.variants.index(first)
        tables = []
        for place, variant in enumerate(self.variants):
            if place == base:
                continue
            paired = Paired((len(self.measures),))
            for values in self.values:
                paired.add(values[base], values[place])
            _, numbers, count = paired.numbers()
            names = ("first", "second", *(name for name in NUMBERS if name != "replications"))
            table = pd.DataFrame(numbers, columns=names)
            table.insert(0, "variant", variant)
            table.insert(1, "measure", self.measures)
            table["replications"] = count
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def warm_up(self) -> pd.DataFrame:
        """Where each series is best cut, by MSER-5 on its mean over the replications.

        Returns
        -------
        DataFrame
            One row for each variant and series: ``cut``, the steps of the series to leave out (missing if it is too
            short or constant), and ``settled``, whether the cut lies in the first half; if not, run longer.
        """
        import pandas as pd

        rows = []
        for name, means in self.series.items():
            for variant, mean in zip(self.variants, means, strict=True):
                cut = mser5(mean)
                rows.append((variant, name, cut, cut is not None and in_first_half(cut, len(mean))))
        return pd.DataFrame(rows, columns=["variant", "series", "cut", "settled"]).astype({"cut": "Int64"})


def replicate(
    model: Model,
    replications: int = 10,
    *,
    measure: Callable[[Records], Measures] | None = None,
    variants: Mapping[str, Mapping[str, Any]] | None = None,
    warm_up: int = 0,
    seed: int | None = None,
    engine: str = "compiled",
    precision: Precision | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Replicated:
    """Replicate a model of one's own.

    Parameters
    ----------
    model : callable
        Called as ``model(number, **variant)`` with the number of the replication, from 0, from which its draws must
        follow; it returns Records, or measures by name. Parameters named ``seed``, ``engine`` and ``progress`` are
        given what is meant for ``sim.engine.run``.
    replications : int
        How many; with a precision as many as that takes.
    measure : callable, optional
        Makes measures of Records: by name a number (nan if there is none), or a series over time.
    variants : mapping, optional
        By name, the arguments of the model in that variant. All have the same numbers, so the same draws: they are
        compared in pairs.
    warm_up : int
        ``measure`` gets the rows asked for from this second on.
    seed : int, optional
        For the model, if it takes one.
    engine : {"compiled", "simpy"}
        What lets the interpreter go is run in threads; ``simpy``, the reference engine or any other Python, in
        processes.
    precision : Precision, optional
        Go on until the 95 % intervals are this narrow: of the measures, or with variants of the paired differences
        from the first.
    workers : int, optional
        Replications at a time; by default as many as there are processors, on a cluster as many as it has threads.
    cluster : str, optional
        Address of the scheduler of a Dask cluster, ``tcp://host:8786``.
    progress : callable, optional
        Told (replication, share done).

    Returns
    -------
    Replicated
        The same whatever the workers.

    Raises
    ------
    ValueError
        For an argument that cannot be used, and for what the model returns that is no number.
    """
    names = _variants(model, variants)
    given = _given(model, seed, engine)
    if measure is not None and not callable(measure):
        raise ValueError(f"measure: {measure!r} given, a function of Records needed")
    if precision is not None and not isinstance(precision, Precision):
        raise ValueError(f"precision: {precision!r} given, Precision(...) needed")
    if precision is None and (not isinstance(replications, int) or replications < 1):
        raise ValueError(f"replications: {replications!r} given, a whole number, at least 1, needed")
    if warm_up and measure is None:
        raise ValueError(f"warm_up: {warm_up} given without measure, whose rows it would choose")
    number = replications if precision is None else precision.most
    where = Where(engine, workers if workers or cluster else min(processors(), number), cluster)
    one = partial(_one, model, tuple(names.items()), given, measure, warm_up)
    if where.processes:
        _check_sent(one)
    gathered = _Gathered(tuple(names), precision)
    with closing(spread(one, range(number), where, progress)) as finished:
        for place, found in finished:
            if gathered.add(place, found):
                break
    return gathered.replicated()


@dataclass
class _Gathered:
    """What is finished, taken in the order of the numbers."""

    variants: tuple[str, ...]
    precision: Precision | None
    waiting: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    taken: list[list[dict[str, float]]] = field(default_factory=list)
    measures: tuple[str, ...] = ()
    series: dict[str, Moments] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)

    def add(self, number: int, found: list[dict[str, Any]]) -> bool:
        """Take what is next; returns whether it is enough."""
        self.waiting[number] = found
        while not self.enough and len(self.taken) in self.waiting:
            self._take(len(self.taken), self.waiting.pop(len(self.taken)))
        return self.enough

    @property
    def enough(self) -> bool:
        """Whether the precision is reached, or cannot be."""
        return bool(self.rules) and all(rule.stop for rule in self.rules.values())

    def _take(self, number: int, found: list[dict[str, Any]]) -> None:
        numbers = [{name: value for name, value in one.items() if isinstance(value, float)} for one in found]
        self.measures = tuple(dict.fromkeys([*self.measures, *(name for one in numbers for name in one)]))
        self._take_series(number, found)
        if not number and self.precision is not None:
            self._begin_rules(self.precision)
        for variant, rule in self.rules.items():
            place = self.variants.index(variant)
            levels = [
                {name: one.get(name, math.nan) for name in rule.target.outcomes}
                for one in ((numbers[0], numbers[place]) if place else (numbers[0],))
            ]
            rule.add_values(number, *levels)
        self.taken.append(numbers)

    def _take_series(self, number: int, found: list[dict[str, Any]]) -> None:
        for name in {name: None for one in found for name, value in one.items() if not isinstance(value, float)}:
            rows = [one.get(name) for one in found]
            lengths = {len(row) if isinstance(row, np.ndarray) else None for row in rows}
            if len(lengths) > 1:
                raise ValueError(f"{name}: a series in some variants of replication {number}, or of other lengths")
            if name not in self.series:
                if number:
                    raise ValueError(f"{name}: a series in replication {number} and not in those before")
                self.series[name] = Moments(np.array(rows, np.float64).shape)
            try:
                self.series[name].add(np.array(rows))
            except ValueError as error:
                raise ValueError(f"{name}: a series of replication {number}: {error}") from None

    def _begin_rules(self, precision: Precision) -> None:
        for name in precision.outcomes:
            if name not in self.measures:
                near = like(name, self.measures, 3)
                hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(self.measures)}"
                raise ValueError(f"precision: {name!r} is no measure; {hint}")
        target = Precision(
            precision.relative,
            precision.outcomes or self.measures,
            precision.least,
            precision.most,
            precision.look_ahead,
        )
        compared = self.variants[1:]
        self.rules = {variant: Rule(target, bool(compared)) for variant in compared or self.variants}

    def replicated(self) -> Replicated:
        """All of it."""
        values = np.array(
            [[[one.get(name, math.nan) for name in self.measures] for one in numbers] for numbers in self.taken]
        ).reshape(len(self.taken), len(self.variants), len(self.measures))
        reports = {variant: rule.report() for variant, rule in self.rules.items()} or None
        series = {name: moments.mean for name, moments in self.series.items()}
        return Replicated(self.variants, self.measures, values, series, reports)


def _variants(model: Model, variants: Mapping[str, Mapping[str, Any]] | None) -> dict[str, dict[str, Any]]:
    """Names and arguments, which the model takes."""
    if not callable(model):
        raise ValueError(f"model: {model!r} given, a function of the number of the replication needed")
    if variants is None:
        variants = {ONLY: {}}
    if not isinstance(variants, Mapping) or not variants:
        raise ValueError(f"variants: {variants!r} given, a mapping of names to arguments needed")
    for name, arguments in variants.items():
        if not isinstance(arguments, Mapping):
            raise ValueError(f"variants: {name}: {arguments!r} given, a mapping of argument to value needed")
        try:
            inspect.signature(model).bind(0, **arguments)
        except TypeError as error:
            raise ValueError(f"model: {_named(model)}(number, ...), variant {name}: {error}") from None
    return {str(name): dict(arguments) for name, arguments in variants.items()}


def _given(model: Model, seed: int | None, engine: str) -> dict[str, Any]:
    """What the model is given beside number and variant; ``progress`` comes with each replication."""
    if engine not in ENGINES:
        raise ValueError(f"engine: {engine!r} given, 'compiled' or 'simpy' needed")
    takes = inspect.signature(model).parameters
    if seed is not None and "seed" not in takes:
        raise ValueError(f"seed: {seed} given, and {_named(model)} has no parameter of this name")
    given: dict[str, Any] = {"progress": None} if "progress" in takes else {}
    if seed is not None:
        given["seed"] = seed
    if "engine" in takes:
        given["engine"] = engine
    return given


def _check_sent(one: Callable[..., Any]) -> None:
    try:
        pickle.dumps(one)
    except Exception as error:
        raise ValueError(
            f"model: cannot be sent to another process ({error}): model and measure stand by name at the top of a "
            "file; or workers=1"
        ) from None


def _one(
    model: Model,
    variants: Sequence[tuple[str, dict[str, Any]]],
    given: dict[str, Any],
    measure: Callable[[Records], Measures] | None,
    warm_up: int,
    number: int,
    tick: Tick | None,
) -> list[dict[str, Any]]:
    """One replication of all variants: measures by name."""
    found = []
    for place, (variant, arguments) in enumerate(variants):
        if tick is not None:
            tick(place / len(variants))
        if "progress" in given:
            given = given | {"progress": _progress(tick, place / len(variants))}
        came = model(number, **(given | arguments))
        where = f"replication {number}" + (f", variant {variant}" if len(variants) > 1 else "")
        if measure is not None:
            if not isinstance(came, Records):
                raise ValueError(f"{where}: {_named(model)} returned {type(came).__name__}; measure needs Records")
            came = measure(came.since(warm_up) if warm_up else came)
        found.append(_checked(came, where))
    return found


def _progress(tick: Tick | None, share: float) -> Callable[[int], None]:
    """For ``sim.engine.run``: where a replication that is no longer wanted ends."""

    def progress(now: int) -> None:
        if tick is not None:
            tick(share)

    return progress


def _checked(measures: Any, where: str) -> dict[str, Any]:
    if isinstance(measures, Records):
        raise ValueError(f"{where}: Records returned, and no measure given to make numbers of them")
    if not isinstance(measures, Mapping) or not measures:
        raise ValueError(f"{where}: {measures!r} measured, numbers by name needed, as {{'wait': 3.5}}")
    found: dict[str, Any] = {}
    for name, value in measures.items():
        array = np.asarray(value)
        if not isinstance(name, str) or array.ndim > 1 or array.dtype.kind not in "biuf":
            raise ValueError(f"{where}: {name}: {value!r} measured, a number or a series of numbers needed")
        if np.isinf(array).any():
            raise ValueError(f"{where}: {name}: {value!r} measured, a finite number needed, or nan if there is none")
        found[name] = array.astype(np.float64) if array.ndim else float(array)
    return found


def _named(model: Model) -> str:
    return getattr(model, "__name__", None) or repr(model)
