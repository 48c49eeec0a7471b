"""The units of a region (enheter): every resource of the model, one service at one place."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.services import ROWS, Where
from sim.scenario.region import Region
from sim.vocabulary import Service


@dataclass(frozen=True)
class Unit:
    """One resource of the model.

    Attributes
    ----------
    name
        For tables and messages, such as ``gp Vännäs``.
    service
        What it is.
    municipality, area, team_area
        Where; -1 where it does not apply.
    """

    name: str
    service: Service
    municipality: int = -1
    area: int = -1
    team_area: int = -1


def unit_table(region: Region) -> tuple[Unit, ...]:
    """All resources of the model in the order of their numbers."""
    units = [Unit(title(row.service), row.service) for row in ROWS if row.where is Where.REGION]
    for service in _services(Where.AREA):
        units += [Unit(f"{title(service)} {a.name}", service, a.municipality, n) for n, a in enumerate(region.areas)]
    for service in _services(Where.MUNICIPALITY):
        units += [Unit(f"{title(service)} {m.name}", service, n) for n, m in enumerate(region.municipalities)]
    for service in _services(Where.TEAM_AREA):
        units += [Unit(f"{title(service)} {name}", service, team_area=n) for n, name in enumerate(region.team_areas)]
    return tuple(units)


def title(service: Service) -> str:
    """Name of a service in the names of its units."""
    return service.name.lower().replace("_", " ")


def place_of(region: Region, unit: Unit) -> str:
    """Name of the unit's place in the resource table."""
    if unit.area >= 0:
        return region.areas[unit.area].name
    if unit.municipality >= 0:
        return region.municipalities[unit.municipality].name
    return "region"


def _services(where: Where) -> list[Service]:
    return [row.service for row in ROWS if row.where is where]
