"""Regions scaled from another: municipalities are stated, staffing and beds follow (skalade regioner).

Populations of municipalities are public; who answers the phones there seldom is. So a region may be given by a list of
its municipalities alone: people below and above 65 are spread over the age bands as in a municipality of the pattern,
and every service gets the units it has there for as many people. A small unit needs more of them, since its queues are
more uneven: of the pattern's units a share grows with the people, the rest with their square root (the rule of
safety staffing, Whitt 1992). Health centres have units in proportion, as those of the pattern have.

``python -m sim.scenario.scaling LIST.csv FOLDER`` writes one scenario and its four tables for each region of the list.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from sim.problems import ScenarioError
from sim.scenario.reader import load
from sim.scenario.region import REGION, TABLES, Municipality, Region, Staffing
from sim.scenario.scenario import Scenario
from sim.tables.names import plain
from sim.tables.reading import read_table
from sim.tables.table import Form, Row
from sim.vocabulary import AgeBand

COLUMNS = (
    "region",
    "municipality",
    "population",
    "population_65",
    "like",
    "centres",
    "team_area",
    "travel_minutes",
    "ambulance_minutes",
    "sjukstuga_beds",
    "note",
)
LOAD_SHARE = 0.8
"""Share of a service's units that grows with the people; the rest grows with their square root (assumption)."""
BED_LOAD_SHARE = 0.95
"""The same of beds, which are fuller."""
TEAM_NEED_SHARE = 0.10
"""People in need of a mobile team, of those aged 65 and over (P05: 5 % most ill and 5 % periodically failing)."""
OLDER = int(AgeBand.AGE_65_69)
BY_OLDER = ("home_nurse", "home_help", "planner", "short_term", "rehabilitation")
"""Services of municipalities that follow the people aged 65 and over."""
LEAST = {
    "phone_1177": 1.0,
    "ambulance": 1.0,
    "emergency_place": 5.0,
    "emergency_doctor": 1.0,
    "home_nurse": 1.0,
    "home_help": 1.0,
    "planner": 0.35,
    "short_term": 2.0,
    "rehabilitation": 0.6,
}
"""Units below which nothing is staffed (assumption, as in the pattern's smallest municipalities)."""
OLDER_PER_DOCTOR = 5700
"""People aged 65 and over for each doctor of a team, and each assistant nurse of safe homecoming, as in Umeå."""
OLDER_PER_THERAPIST = 7600
"""The same for each therapist."""
UNITS = ("day", "evening", "night", "weekend_day", "weekend_evening")
HOURS = ("day_start", "day_end", "evening_end", "summer_factor", "absence")


@dataclass(frozen=True)
class Place:
    """One municipality of the list.

    Attributes
    ----------
    region, name
        Of the region and of the municipality.
    population, population_65
        People, and those aged 65 and over.
    like
        Municipality of the pattern whose age structure and staffing per person it gets.
    centres
        Health-centre areas, of equal size.
    team_area, travel_minutes, ambulance_minutes, sjukstuga_beds
        As in ``municipalities.csv`` of a region.
    note
        Where the figures are from.
    """

    region: str
    name: str
    population: int
    population_65: int
    like: str
    centres: int
    team_area: str
    travel_minutes: float
    ambulance_minutes: float
    sjukstuga_beds: int
    note: str


FORM = Form("places", COLUMNS)


def read_places(path: Path) -> list[Place]:
    """Read a list of municipalities.

    Raises
    ------
    ScenarioError
        With every problem of the table.
    """
    table = read_table(path, FORM)
    table.refuse_repeated({"region": None, "municipality": None})
    places = [_place(row) for row in table.rows]
    table.check()
    return places


def _place(row: Row) -> Place:
    people, older, centres = row.whole("population"), row.whole("population_65"), row.whole("centres")
    return Place(
        region=row.text("region"),
        name=row.text("municipality"),
        population=people,
        population_65=older,
        like=row.text("like"),
        centres=max(1, centres),
        team_area=row.text("team_area"),
        travel_minutes=row.number("travel_minutes"),
        ambulance_minutes=row.number("ambulance_minutes"),
        sjukstuga_beds=row.whole("sjukstuga_beds"),
        note=row["note"],
    )


def safe(units: float, size: float, load: float = LOAD_SHARE) -> float:
    """Units for `size` times the people that `units` serve."""
    return units * (load * size + (1 - load) * math.sqrt(size))


class Scaled:
    """A region of other municipalities, with the staffing of a pattern.

    Parameters
    ----------
    places
        Its municipalities.
    pattern
        The scenario whose staffing and age structure count.

    Raises
    ------
    ValueError
        If a municipality is like none of the pattern.
    """

    def __init__(self, places: Sequence[Place], pattern: Scenario) -> None:
        self.places = tuple(places)
        self.pattern = pattern
        self.region: Region = pattern.region
        self._by_key = {m.key: at for at, m in enumerate(self.region.municipalities)}
        for place in places:
            if plain(place.like) not in self._by_key:
                known = ", ".join(m.name for m in self.region.municipalities)
                raise ValueError(f"{place.name}: like '{place.like}' given, one of {known} needed")
        people = sum(place.population for place in places) / self.region.people
        older = sum(p.population_65 for p in places) / sum(m.population_65 for m in self.region.municipalities)
        self.size = people
        # Half of the hospital's work is for people aged 65 and over (U09-U11 with U21: assumption in round figures).
        self.hospital = (people + older) / 2

    def like(self, place: Place) -> Municipality:
        """The municipality of the pattern."""
        return self.region.municipalities[self._by_key[plain(place.like)]]

    def municipalities(self) -> Iterable[dict[str, object]]:
        """Rows of ``municipalities.csv``."""
        for place in self.places:
            yield {
                "name": place.name,
                "population": place.population,
                "population_65": place.population_65,
                "team_need": round(TEAM_NEED_SHARE * place.population_65),
                "team_area": place.team_area,
                "travel_minutes": f"{place.travel_minutes:g}",
                "ambulance_minutes": f"{place.ambulance_minutes:g}",
                "sjukstuga_beds": place.sjukstuga_beds,
                "source": "assumption",
                "note": place.note,
            }

    def areas(self) -> Iterable[dict[str, object]]:
        """Rows of ``areas.csv``; continuity as in the municipality it is like."""
        for place in self.places:
            like = self._by_key[plain(place.like)]
            theirs = [area for area in self.region.areas if area.municipality == like]
            continuity = sum(area.continuity * area.population_share for area in theirs)
            for name in self.centres(place):
                yield {
                    "name": name,
                    "municipality": place.name,
                    "population_share": repr(1 / place.centres),
                    "continuity": round(continuity, 3),
                    "source": "T13;assumption",
                    "note": f"{place.centres} areas of equal size, continuity as in {place.like} (assumption)",
                }

    @staticmethod
    def centres(place: Place) -> list[str]:
        """Names of the health-centre areas of a municipality."""
        return [place.name] if place.centres == 1 else [f"{place.name} {i + 1}" for i in range(place.centres)]

    def population(self) -> Iterable[dict[str, object]]:
        """Rows of ``population.csv``: people below and above 65, spread over the bands as where it is like."""
        for place in self.places:
            bands = self.region.population[self._by_key[plain(place.like)]].astype(float)
            younger, older = bands[:OLDER], bands[OLDER:]
            counts = [*_shared(place.population - place.population_65, younger), *_shared(place.population_65, older)]
            for band, count in zip(AgeBand, counts, strict=True):
                yield {
                    "municipality": place.name,
                    "age_band": band.name.lower(),
                    "count": count,
                    "source": "assumption",
                    "note": f"totals by {place.note.split(';')[0]}; bands as in {place.like}",
                }

    def resources(self) -> Iterable[dict[str, object]]:
        """Rows of ``resources.csv``."""
        table = {(row.service, row.place): row for row in self.region.resources}
        for (service, where), row in table.items():
            if where == REGION:
                yield self._regional(service, row)
        for place in self.places:
            like = self.like(place)
            for service in ("centre_phone", "gp", "centre_nurse"):
                yield from self._at_centres(table, service, place, like)
            for service in BY_OLDER:
                if (service, like.name) in table:
                    size = place.population_65 / like.population_65
                    yield _staffed(table[service, like.name], place.name, size, LEAST.get(service, 0.0), like.name)

    def _regional(self, service: str, row: Staffing) -> dict[str, object]:
        least = LEAST.get(service, 0.0)
        if service == "ambulance":  # one crew stands in every municipality, or nobody there is reached in time
            least = max(least, 0.75 * len(self.places))
        size = self.hospital if service.startswith("emergency") else self.size
        return _staffed(row, REGION, size, least, "the länsdel of Umeå")

    def _at_centres(
        self, table: dict[tuple[str, str], Staffing], service: str, place: Place, like: Municipality
    ) -> Iterable[dict[str, object]]:
        """Units by area: those of the pattern's mean area for as many people."""
        theirs = [a for a in self.region.areas if self.region.municipalities[a.municipality] is like]
        rows = [table[service, area.name] for area in theirs if (service, area.name) in table]
        if not rows:
            return
        mean = sum(row.day for row in rows) / len(rows)
        people, older = place.population / like.population, place.population_65 / like.population_65
        # Half of the work is for people aged 65 and over, whom pay by age follows (assumption).
        size = (people + older) / 2 / place.centres * len(rows)
        nearest = min(rows, key=lambda row: abs(row.day - mean))
        for name in self.centres(place):
            yield _staffed(nearest, name, size * mean / nearest.day, 0.0, like.name, load=1.0)

    def scenario(self, extends: str, name: str) -> str:
        """Text of a scenario of the region: beds and the load from outside by its size."""
        values = self.pattern.values
        beds = {key: float(values[f"beds.{key}"]) for key in ("medicine", "surgery", "extra_medicine", "extra_surgery")}
        outside = np.asarray(values["outside.stays_per_year"], float)
        lines = [
            f"# {self.places[0].region}: municipalities by public statistics, all else scaled from Umeå länsdel.",
            "# Made by `python -m sim.scenario.scaling` from regions.csv; change that, not this.",
            "",
            f'extends = "{extends}"',
            f'name = "{name}"',
            f'title = "{self.places[0].region}"',
            'note = "Staffing and beds are scaled from Umeå länsdel (assumption)."',
            "",
            "[region]",
            f'folder = "{name}"',
            "",
            "[beds]",
        ]
        for key, value in beds.items():
            number = max(2, math.ceil(safe(value, self.hospital, BED_LOAD_SHARE)))
            lines.append(_leaf(key, number, math.floor(0.8 * number), math.ceil(1.25 * number)))
        lines += ["", "[outside.stays_per_year]"]
        for ward, stays in zip(("medicine", "surgery"), outside, strict=True):
            number = round(float(stays) * self.size)
            lines.append(_leaf(ward, number, round(0.7 * number), round(1.4 * number)))
        return "\n".join([*lines, "", *self._levers()]) + "\n"

    def _levers(self) -> list[str]:
        """Governances of the pattern whose levers are sized by municipality and team area.

        What the pattern has under ``current`` and is not known of here, a mobile team and a coordination team, is off.
        """
        older_in = dict.fromkeys((place.team_area for place in self.places), 0)
        for place in self.places:
            older_in[place.team_area] += place.population_65
        off = 'active = { value = false, source = "assumption" }'
        on = 'active = { value = true, source = "assumption" }'
        lines = ["[governance.current.mobile_team]", off, "", "[governance.current.attender_team]", off]
        lines += ["", "[governance.coordinated.mobile_team]", on]
        for area, older in older_in.items():
            doctors = max(1, round(older / OLDER_PER_DOCTOR))
            lines.append(_leaf(f"doctors.{plain(area)}", doctors, 1, 20))
            lines.append(_leaf(f"nurses.{plain(area)}", 2 * doctors, 2, 40))
        lines += ["", "[governance.coordinated.attender_team]", on, _leaf("staff", max(1, round(self.size)), 1, 4)]
        lines += ["", "[governance.coordinated.homecoming]"]
        for place in self.places:
            staff = max(1, round(place.population_65 / OLDER_PER_DOCTOR))
            lines.append(_leaf(f"staff.{plain(place.name)}", staff, 0, 2 * staff))
        lines += ["", "[governance.coordinated.specialist_support]"]
        lines.append('serves.all = { value = true, source = "assumption" }')
        lines += ["", "[governance.coordinated.rehabilitation]"]
        for place in self.places:
            staff = max(1, round(place.population_65 / OLDER_PER_THERAPIST))
            lines.append(_leaf(f"staff.{plain(place.name)}", staff, 0, 2 * staff))
        return lines


def _leaf(key: str, value: int, low: int, high: int) -> str:
    return f'{key} = {{ value = {value}, low = {low}, high = {high}, source = "assumption" }}'


def _shared(total: int, weights: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[int]:
    """Whole numbers in proportion that add up to the total (largest remainders)."""
    exact = total * weights / weights.sum()
    counts = np.floor(exact).astype(int)
    for at in np.argsort(counts - exact, kind="stable")[: total - int(counts.sum())]:
        counts[at] += 1
    return [int(count) for count in counts]


def _staffed(
    row: Staffing, place: str, size: float, least: float, like: str, load: float = LOAD_SHARE
) -> dict[str, object]:
    """A row of ``resources.csv`` for `size` times the people of a row of the pattern."""
    units = {name: getattr(row, name) for name in UNITS}
    scaled = {name: round(max(least, safe(value, size, load)) if value else 0.0, 3) for name, value in units.items()}
    return {
        "service": row.service,
        "place": place,
        **scaled,
        **{name: f"{getattr(row, name):g}" for name in HOURS},
        "low": round(0.8 * scaled["day"], 3),
        "high": round(1.25 * scaled["day"], 3),
        "source": "assumption",
        "note": f"as in {like} for as many people",
    }


def write_regions(places: Sequence[Place], pattern: Scenario, folder: Path, extends: str) -> list[Path]:
    """Write a scenario and four tables for each region.

    Parameters
    ----------
    places
        Municipalities; those of a region stand together.
    pattern
        The scenario to scale from.
    folder
        Where they go; made if needed.
    extends
        The pattern as the new scenarios name it.

    Returns
    -------
    list of Path
        The scenarios.
    """
    written = []
    for name, inside in groupby(places, key=lambda place: place.region):
        scaled = Scaled(list(inside), pattern)
        key = plain(name).replace("_", "-")
        tables = folder / key
        tables.mkdir(parents=True, exist_ok=True)
        rows = {
            "municipalities.csv": scaled.municipalities(),
            "areas.csv": scaled.areas(),
            "population.csv": scaled.population(),
            "resources.csv": scaled.resources(),
        }
        for file, content in rows.items():
            with (tables / file).open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, TABLES[file], lineterminator="\n")
                writer.writeheader()
                writer.writerows(content)
        path = folder / f"{key}.toml"
        path.write_text(scaled.scenario(extends, key), encoding="utf-8")
        written.append(path)
    return written


def main(arguments: Sequence[str]) -> int:
    """Write the regions of a list, scaled from Umeå länsdel."""
    source, folder = Path(arguments[0]), Path(arguments[1])
    try:
        pattern = load("shipped:umea-lansdel")
        for path in write_regions(read_places(source), pattern, folder, "../../umea-lansdel.toml"):
            print(path)
    except (ScenarioError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
