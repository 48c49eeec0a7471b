"""The columns of the world (tillstånd): each with its meaning, unit and first value.

What the flows read as ``w.people.segment[person]`` stands here once. From these tables the world is built
(``sim.model.world``), and the types that a type checker sees in the flows are made (``sim.model.typed``). Parameters
and levers are columns too; those stand in ``sim.scenario.parameters``.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.vocabulary import NeedType, Place, Service

NOT_YET = int(Place.NOT_YET)
"""Where somebody is whose life has not begun."""
NEED_TYPES = len(NeedType)
CHANGES = 3
"""Changes of segment that are drawn for a life."""
PLACE_KINDS = 2
"""Kinds of places in a team's caseload: most ill, periodically failing."""
TIME = "seconds since time 0"
FLAG = "0 or 1"


NOT_IN_WORLD = ("time", "prices", "beds", "staffing")
"""Groups of parameters that the flows do not read."""


@dataclass(frozen=True)
class Field:
    """One column of a group of the world.

    Attributes
    ----------
    name
        As the flows write it.
    meaning
        What it says.
    unit
        Of its values: a unit, the name of an enumeration, or what the number counts.
    initial
        Value of every row at time 0; of inputs, what is filled in is no matter.
    width
        Numbers in a row; 1 for a column of plain numbers.
    decimal
        Whether the values are floats.
    """

    name: str
    meaning: str
    unit: str
    initial: int = 0
    width: int = 1
    decimal: bool = False


# What life asks for at every candidate stands first, eight to a line of the processor's cache, after the times of the
# next candidates; then what an open episode asks for.
PEOPLE_STATE = (
    Field("next_time", "When the next candidate need of each type is due.", TIME, width=NEED_TYPES),
    Field("next_need", "Its identity.", "need", width=NEED_TYPES),
    Field("segment", "Need segment now (behovssegment).", "Segment"),
    Field("at", "Where the person is.", "Place", initial=NOT_YET),
    Field("home", "Where the person lives: at home or in special housing.", "Place"),
    Field("failing", "In a failing spell (sviktperiod).", FLAG),
    Field("spell_ends", "When the present spell ends.", TIME),
    Field("changes", "Changes of segment so far.", "count"),
    Field("death_at", "When the person dies, as things stand.", TIME),
    Field("episode", "The need of the open episode plus one; 0 without one.", "need + 1"),
    Field("complicated", "Open episodes of complicated needs.", "count"),
    Field("arm", "Which row of the levers applies.", "row"),
    Field("enrolled", "Enrolled in the mobile team (inskriven).", FLAG),
    Field("home_nursing_until", "Until when there is home nursing for a time after a stay.", TIME),
    Field("managed_until", "Until when the frequent-attender team follows; -1 asked for and not yet met.", TIME),
    Field("last_review", "When a planned review or proactive visit last took place.", TIME),
    Field("spell_number", "Number of the present spell, key of its draws.", "number"),
    Field("level", "Hidden level that the open worsening requires.", "Level"),
    Field("left_at", "When home or the short-term place was left last.", TIME),
    Field("crisis_at", "When the open worsening becomes a crisis.", TIME),
    Field("onset_crisis_at", "The same, as it was at onset.", TIME),
    Field("overdue", "The worsening has been a crisis before and is over its time.", FLAG),
    Field("contact_counts", "Contacts of the open episode by kind, four bits each.", "packed counts"),
    Field("contact_key", "Kind and number of the present contact, key of its draws.", "number"),
    Field("late", "Somebody was asked, and it came to hospital all the same.", FLAG),
    Field("contacts", "Contacts of the open episode.", "count"),
    Field("first_level", "Hidden level at onset.", "Level"),
    Field("died_at", "When the person died.", TIME),
    Field("help_ordered", "Need for whose discharge home help was ordered, plus one.", "need + 1"),
    Field("help_ready", "Need for whose discharge home help can begin, plus one.", "need + 1"),
    Field("help_row", "Row of the home help that waits for its beginning, plus one; or none.", "row + 1"),
    Field("help_since", "When the preparation of that home help began.", TIME),
    Field("help_detail", "Detail of that row.", "bits"),
    Field("failed_contact", "A contact of the open episode failed.", FLAG),
    Field("on_plan", "The present contact acted on a care plan.", FLAG),
    Field("consulted", "A specialist was consulted in the open episode.", FLAG),
    Field("sent", "A doctor has examined and sent the person.", FLAG),
    Field("handed_over", "The referral has reached the team in this episode.", FLAG),
    Field("care_plan", "There is a medical care plan (medicinsk vårdplan).", FLAG),
    Field("queued", "In the queue for a place in the team.", FLAG),
    Field("queued_at", "When that queue was joined.", TIME),
    Field("queue_next", "Who comes next in it; -1 for nobody.", "person"),
    Field("has_place", "Has a place in a team's caseload.", FLAG),
    Field("place_area", "Team area of the place or queue.", "team area"),
    Field("place_kind", "Kind of the place or queue: 0 most ill, 1 periodically failing.", "kind"),
    Field("homecoming_until", "Until when the safe-homecoming team comes (trygg hemgång).", TIME),
    Field("contact_month", "Month of the last contact with an emergency department or ambulance.", "month"),
    Field("month_contacts", "Such contacts in that month.", "count"),
    Field("chosen", "On an evaluator's list.", FLAG),
    Field("monitoring", "Remote monitoring is under way (egenmonitorering).", FLAG),
    Field("planning", "Need for whose discharge planning goes on, plus one.", "need + 1"),
    Field("planned", "Need for whose discharge planning is done, plus one.", "need + 1"),
    Field("offer", "Whether a place or the homecoming team has been offered to who waits.", "offer"),
    Field("found_window", "Window in which a proactive visit last found an unmet need.", "28-day window"),
    Field("respite", "Goes to respite care at times (växelvård).", FLAG),
    Field("short_term", "Has a short-term place (korttidsplats).", FLAG),
    Field("short_term_since", "When it was moved into.", TIME),
    Field("short_term_row", "Row of that stay.", "row"),
    Field("short_term_detail", "Detail of that row.", "bits"),
    Field("enrolment_row", "Row of the enrolment.", "row"),
    Field("enrolment_started", "When the enrolment began; -1 while in the queue.", TIME),
    Field("enrolment_detail", "Detail of that row.", "bits"),
    Field("emergency_row", "Row of the visit to the emergency department under way.", "row"),
    Field("emergency_detail", "Detail of that row.", "bits"),
    Field("emergency_started", "When that visit began.", TIME),
    Field("hazard_extra", "Cumulative hazard of death that acute illness has added.", "hazard", decimal=True),
    Field("bound", "Rate of candidate needs by type.", "per year", width=NEED_TYPES, decimal=True),
)
PEOPLE_INPUT = (
    Field("municipality", "Where the person lives (kommun).", "municipality"),
    Field("area", "Health-centre area (hälsocentral).", "area"),
    Field("age_band", "Age.", "AgeBand"),
    Field("chronic", "The leading lasting condition.", "Chronic"),
    Field("special_housing", "Lives in special housing at time 0.", FLAG),
    Field("segment_time", "When the segment changes (exogenous path).", TIME, width=CHANGES),
    Field("relative", "Lives with, or is supported daily by, a relative (anhörig).", FLAG),
    Field("entry", "When this life in the region begins.", TIME),
    Field("segment_value", "The segment from each change on.", "Segment", width=CHANGES),
    Field("home_nursing_rank", "Has lasting home nursing below the share that applies.", "rank", decimal=True),
    Field("target_rank", "In the team's target group below the share that applies.", "rank", decimal=True),
    Field("palliative_rank", "Recognised as dying below the share that applies.", "rank", decimal=True),
    Field("registered_rank", "Has a registered named doctor below the share that applies.", "rank", decimal=True),
    Field("spell_rank", "Begins in a failing spell below the share that applies.", "rank", decimal=True),
    Field("frailty", "Gamma with mean 1 within the segment (skörhet).", "factor", decimal=True),
    Field("attendance", "Lasting habit of the emergency department, gamma with mean 1.", "factor", decimal=True),
    Field("death_threshold", "Exp(1): cumulative hazard at which the person dies.", "hazard", decimal=True),
)
"""Columns of the population table, under the names it has."""
PEOPLE_DRAWN = (
    Field("first_segment", "Segment at entry.", "Segment"),
    Field("monitoring_rank", "Monitored below the share that applies.", "rank", decimal=True),
    Field("enrolment_order", "Everybody, in the order in which the team asks.", "person"),
)
"""Inputs that the world itself fills in."""
RUN = (
    Field("key", "Key of the draws of this replication.", "key"),
    Field("horizon", "Where the run ends.", TIME),
    Field("coordination_starts", "T0, when the governance of the arm begins.", TIME),
    Field("people", "Everybody who ever lives here.", "count"),
    Field("team_areas", "Team areas.", "count"),
)
"""Scalars of a run."""
AREAS = (Field("continuity", "Share of visits with the own doctor (kontinuitet).", "share", decimal=True),)
MUNICIPALITIES_INPUT = (
    Field("team_area", "Team area that it belongs to.", "team area"),
    Field("travel_minutes", "Travel there and back for a visit at home.", "minutes", decimal=True),
    Field("ambulance_minutes", "From the call to the hospital by ambulance.", "minutes", decimal=True),
    Field("sjukstuga_beds", "Beds of its cottage hospital (sjukstuga).", "beds"),
)
MUNICIPALITIES_STATE = (Field("arm", "Which row of the levers applies to its units.", "row"),)
TEAMS_LEVERS = (
    Field("doctors", "Posts of doctors, by row of the levers and team area.", "posts", decimal=True),
    Field("nurses", "Posts of nurses, by row of the levers and team area.", "posts", decimal=True),
)
TEAMS_STATE = (
    Field("arm", "Which row of the levers applies to the area's team.", "row"),
    Field("since", "When the team began.", TIME),
    Field("enrolled", "Places taken, by kind.", "people", width=PLACE_KINDS),
    Field("queue_head", "First in the queue for a place, by kind; -1 for nobody.", "person", -1, PLACE_KINDS),
    Field("queue_tail", "Last in it.", "person", -1, PLACE_KINDS),
)
WARDS = {
    "ward": (Service.WARD_MEDICINE, Service.WARD_SURGERY),
    "extra": (Service.EXTRA_MEDICINE, Service.EXTRA_SURGERY),
}
"""Columns of units of several services, beside one for each service: by ``vocabulary.Ward``."""
