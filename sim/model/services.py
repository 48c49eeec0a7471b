"""The services (resurser): one row for each, with all that lists of services need to know.

Where its units are, what sizes it, what it costs and who pays. A new service is one row here, and one member of
``vocabulary.Service``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sim.vocabulary import Service


class Where(Enum):
    """How many units a service has."""

    REGION = "one in all"
    AREA = "one for each health-centre area"
    MUNICIPALITY = "one for each municipality"
    TEAM_AREA = "one for each team area"


TABLE = ""
"""What sizes a service that stands in the resource table of the region."""


@dataclass(frozen=True)
class Row:
    """One service.

    Attributes
    ----------
    service
        Which.
    where
        Its units.
    sized_by
        Key of the parameter or lever that says how large it is; empty where the resource table does.
    members
        Index set that the lever is stated by; empty for one number.
    hour_price, day_price
        Key under ``prices`` of a staffed hour, or of a bed or place for a day; empty where contacts have prices.
    municipal
        Whether municipalities pay for it.
    bed
        Whether every unit in use has a stay in the records from beginning to end.
    single_queue
        Whether every request has a row of the unit, asked when it joined the only queue that it was in.
    booked
        Whether every request has such a row that may have been asked before it joined the queue: visits are asked for
        when they are booked, and a time that was missed is booked anew.
    """

    service: Service
    where: Where = Where.REGION
    sized_by: str = TABLE
    members: str = ""
    hour_price: str = ""
    day_price: str = ""
    municipal: bool = False
    bed: bool = False
    single_queue: bool = False
    booked: bool = False


# Units are numbered in this order: services of the whole region, then of areas, municipalities and team areas.
ROWS = (
    Row(Service.PHONE_1177, single_queue=True),
    Row(Service.AMBULANCE),
    Row(Service.EMERGENCY_PLACE),
    Row(Service.EMERGENCY_DOCTOR),
    Row(Service.WARD_MEDICINE, sized_by="beds.medicine", day_price="hospital_day_sek", bed=True),
    Row(Service.WARD_SURGERY, sized_by="beds.surgery", day_price="hospital_day_sek", bed=True),
    Row(Service.EXTRA_MEDICINE, sized_by="beds.extra_medicine", bed=True),
    Row(Service.EXTRA_SURGERY, sized_by="beds.extra_surgery", bed=True),
    Row(Service.SPECIALIST, booked=True),
    Row(Service.DAY_UNIT, booked=True),
    Row(
        Service.CONSULT,
        sized_by="specialist_support.specialists",
        hour_price="consult_hour_sek",
        single_queue=True,
    ),
    Row(Service.MONITORING, sized_by="monitoring.nurses", hour_price="monitoring_hour_sek", single_queue=True),
    Row(Service.ATTENDER_TEAM, sized_by="attender_team.staff", hour_price="attender_team_hour_sek", single_queue=True),
    Row(Service.PALLIATIVE, sized_by="palliative_team.staff", hour_price="palliative_hour_sek", single_queue=True),
    Row(Service.CENTRE_PHONE, Where.AREA, single_queue=True),
    Row(Service.CENTRE_NURSE, Where.AREA, single_queue=True),
    Row(Service.GP, Where.AREA, single_queue=True),
    Row(Service.HOME_NURSE, Where.MUNICIPALITY, municipal=True),
    Row(Service.HOME_HELP, Where.MUNICIPALITY, municipal=True, single_queue=True),
    Row(Service.PLANNER, Where.MUNICIPALITY, municipal=True, single_queue=True),
    Row(Service.SHORT_TERM, Where.MUNICIPALITY, day_price="short_term_day_sek", municipal=True),
    Row(
        Service.HOMECOMING,
        Where.MUNICIPALITY,
        sized_by="homecoming.staff",
        members="municipality",
        day_price="homecoming_day_sek",
        municipal=True,
    ),
    Row(Service.SJUKSTUGA, Where.MUNICIPALITY, sized_by="municipalities.sjukstuga_beds", bed=True),
    Row(Service.REHABILITATION, Where.MUNICIPALITY, booked=True),
    Row(
        Service.TEAM_NURSE,
        Where.TEAM_AREA,
        sized_by="mobile_team.nurses",
        members="team_area",
        hour_price="team_nurse_hour_sek",
    ),
    Row(
        Service.TEAM_DOCTOR,
        Where.TEAM_AREA,
        sized_by="mobile_team.doctors",
        members="team_area",
        hour_price="team_doctor_hour_sek",
    ),
)
BY_TEAM_AREA = tuple(row.service for row in ROWS if row.where is Where.TEAM_AREA)
BEDS = tuple(row.service for row in ROWS if row.bed)
SINGLE_QUEUES = tuple(row.service for row in ROWS if row.single_queue)
BOOKED = tuple(row.service for row in ROWS if row.booked)
MUNICIPAL = tuple(row.service for row in ROWS if row.municipal)
HOUR_PRICES = {row.service: row.hour_price for row in ROWS if row.hour_price}
"""Teams that exist through a lever cost their staffed hours, busy or not; their contacts have no price of their own."""
DAY_PRICES = {row.service: row.day_price for row in ROWS if row.day_price}
"""Beds and places: their prices are for a day, used or not."""
