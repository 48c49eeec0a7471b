"""The words of the model: groups, places, contacts, record columns; with the Swedish term of each.

Every code that stands in a record or in a column of the world is named here and nowhere else. Flows compare
against these names; outcomes decode with them. The enumerations are integers, so that the same flow can run in
SimPy and compiled.
"""

from __future__ import annotations

from enum import IntEnum

MINUTE = 60
HOUR = 3600
DAY = 86_400
WEEK = 7 * DAY
YEAR = 365 * DAY
WINDOW = 28 * DAY
"""Calendar window within which candidate needs are counted (model, section 3)."""
NEVER = 1 << 60
"""A time beyond every horizon, in seconds."""


class Group(IntEnum):
    """The four LHC groups (LHC-grupper); a person's group at a moment is the most demanding that applies."""

    SIMPLE = 0
    COMPLICATED = 1
    CHRONIC = 2
    MULTI_ILL = 3


class Segment(IntEnum):
    """Need segments of people aged 65 and over (behovssegment), exclusive here."""

    OTHER = 0
    RISK = 1
    FAILING = 2
    MOST_ILL = 3


class AgeBand(IntEnum):
    """Age bands (åldersgrupper) of the population tables."""

    AGE_0_15 = 0
    AGE_16_24 = 1
    AGE_25_44 = 2
    AGE_45_64 = 3
    AGE_65_69 = 4
    AGE_70_74 = 5
    AGE_75_79 = 6
    AGE_80_84 = 7
    AGE_85_89 = 8
    AGE_90 = 9


class Chronic(IntEnum):
    """The lasting condition that leads a person's reviews and exacerbations (ledande kronisk sjukdom)."""

    NONE = 0
    HEART_FAILURE = 1
    COPD = 2
    OTHER = 3


class NeedType(IntEnum):
    """What a candidate need is (typ av behov); part of its identity."""

    SIMPLE = 0
    COMPLICATED = 1
    EXACERBATION = 2
    DETERIORATION = 3


class Level(IntEnum):
    """Lowest level of care that suffices if met in time (lägsta tillräckliga vårdnivå)."""

    SELF_CARE = 0
    NURSE = 1
    GP = 2
    TEAM = 3
    HOSPITAL = 4


class Diagnosis(IntEnum):
    """Diagnosis class (diagnosklass); the first two are ambulatory-care sensitive (undvikbar slutenvård, A01)."""

    ACS_CHRONIC = 0
    ACS_ACUTE = 1
    MEDICAL = 2
    SURGICAL = 3


class Place(IntEnum):
    """Where a person is (var personen befinner sig)."""

    HOME = 0
    SPECIAL_HOUSING = 1
    SHORT_TERM = 2
    EMERGENCY = 3
    WARD = 4
    SJUKSTUGA = 5
    DEAD = 6
    NOT_YET = 7


class Kind(IntEnum):
    """Kinds of contact (kontaktslag): the meaning of a row of the records."""

    NEED = 1  # an accepted need, from onset to its end (behov)
    SUPPRESSED = 2  # a candidate during an open episode or stay (undertryckt)
    PHONE_1177 = 3
    PHONE_CENTRE = 4  # health-centre phone, mostly call-back (hälsocentralens telefon)
    DIGITAL_VISIT = 5
    NURSE_VISIT = 6  # nurse at the health centre (sköterskebesök)
    GP_VISIT = 7  # doctor at the health centre (läkarbesök)
    GP_HOME_VISIT = 8
    HOME_NURSE_VISIT = 9  # municipal home nursing, unplanned (hemsjukvård)
    TEAM_NURSE_VISIT = 10  # mobile team (mobilt team)
    TEAM_DOCTOR_VISIT = 11
    HOME_TREATMENT = 12  # daily visits at home instead of hospital (sjukhusvård i hemmet)
    PROACTIVE_VISIT = 13
    REVIEW = 14  # planned review of a chronic condition (årskontroll)
    CONSULT = 15  # specialist support at a distance (distanskonsultation)
    ALARM = 16  # remote monitoring (egenmonitorering)
    AMBULANCE = 17
    EMERGENCY_VISIT = 18  # emergency department (akutbesök)
    STAY = 19  # one bed in one ward, from the admission decision (vårdtillfälle på enhet)
    READY = 20  # clinically ready until departure (utskrivningsklar)
    PLANNING = 21  # municipal discharge planning (samordnad utskrivningsplanering)
    HOME_HELP_START = 22
    SHORT_TERM_STAY = 23  # korttidsplats
    SPECIAL_HOUSING_MOVE = 24
    HOMECOMING = 25  # safe homecoming period (trygg hemgång)
    SPECIALIST_VISIT = 26
    DAY_TREATMENT = 27  # dagkirurgi, dagsjukvård
    REHABILITATION = 28
    ENROLMENT = 29  # from the request to the end of enrolment in the mobile team (inskrivning i teamet)
    DEATH = 30
    SEGMENT_CHANGE = 31
    FREQUENT_ATTENDER = 32  # met by the coordination team (mångbesökare)
    ROUND = 33  # doctor's round at short-term places (läkarrond korttid)
    OUTSIDE_STAY = 34  # a patient from outside the region's population (utomlänspatient)
    PALLIATIVE_VISIT = 35
    POSTPONED = 36  # planned admission postponed for lack of beds (inställd operation)


class Outcome(IntEnum):
    """How a contact ended (utfall); which apply depends on the kind."""

    OPEN = -1  # still open at the horizon
    DONE = 0  # resolved or completed here
    REFERRED = 1  # sent on to a higher level
    BOOKED = 2  # sent to an appointment
    GAVE_UP = 3  # patience ran out, or the queue closed
    MISSED = 4  # treated here, but the level was too low: it progressed
    CRISIS = 5  # progression reached crisis while waiting
    LEFT_AT_HOME = 6  # ambulance: not conveyed
    CONVEYED = 7
    ADMITTED = 8
    DISCHARGED_HOME = 9
    DISCHARGED_SHORT_TERM = 10
    DISCHARGED_SPECIAL_HOUSING = 11
    TRANSFERRED = 12
    RELAPSED = 13
    DIED = 14
    CANCELLED = 15
    PREVENTED = 16  # need cancelled by a review (förebyggt)
    FALSE_ALARM = 17
    LEFT_GROUP = 18  # no longer eligible
    FOUND_NEED = 19  # a proactive visit found an unmet need


# --- detail: 32 bits of a record row -----------------------------------------------------------------------
# Bits 0-15 belong to the kind; bits 16-23 say who the person was when the row was opened (see Tag).

TAG_GROUP = 1 << 16  # two bits: Group
TAG_SEGMENT = 1 << 18  # two bits: Segment
TAG_HOME_NURSING = 1 << 20
TAG_ENROLLED = 1 << 21
TAG_SPECIAL_HOUSING = 1 << 22
TAG_FAILING = 1 << 23
TAG_PALLIATIVE = 1 << 24

# STAY (and READY, which repeats the stay's bits)
STAY_PLANNED = 1 << 0
STAY_ACS = 1 << 1
STAY_PROCEDURE = 1 << 2  # surgery, intensive care or another procedure
STAY_PLANNED_RETURN = 1 << 3
STAY_OUTLYING = 1 << 4  # in another ward's bed (utlokaliserad)
STAY_OVERCROWDED = 1 << 5  # in an extra bed (överbeläggning)
STAY_LEVEL = 1 << 6  # three bits: Level, the hidden truth
STAY_DIRECT = 1 << 9  # admitted past the emergency department
STAY_SJUKSTUGA = 1 << 10
STAY_WARD = 1 << 11  # two bits: Ward the patient belongs to
STAY_HARMED = 1 << 13  # arrived late after care at too low a level

# NEED
NEED_TYPE = 1 << 0  # two bits: NeedType
NEED_LEVEL = 1 << 2  # three bits: Level
NEED_DIAGNOSIS = 1 << 5  # two bits: Diagnosis
NEED_PREVENTABLE = 1 << 7  # by review
NEED_OFFSPRING = 1 << 8
NEED_DETECTED_BY = 1 << 9  # two bits: Detection

# contacts that assess (phone, nurse, GP, home nurse, team, ambulance, emergency)
CONTACT_KNOWN = 1 << 0  # the assessor knows the patient
CONTACT_URGENCY = 1 << 1  # three bits: 0-4, 0 most urgent
CONTACT_PLAN = 1 << 4  # acted on the care plan
CONTACT_AFTER_FAILURE = 1 << 5  # preceded by a failed attempt to reach primary care
CONTACT_LEVEL = 1 << 6  # three bits: Level, the hidden truth
CONTACT_NEED_TYPE = 1 << 9  # two bits: NeedType
CONTACT_TRAVEL = 1 << 11  # five bits: the way to a visit at home, in steps of two minutes
CONTACT_TRAVEL_MOST = 31


class Service(IntEnum):
    """Kinds of resource (resursslag); a unit is one service at one place."""

    PHONE_1177 = 0
    CENTRE_PHONE = 1  # health-centre phone (hälsocentralens telefon)
    CENTRE_NURSE = 2
    GP = 3  # doctor time at the health centre (läkartid)
    HOME_NURSE = 4  # municipal home nursing, unplanned time (hemsjukvård)
    HOME_HELP = 5  # starts and increases of home help under way (hemtjänst)
    PLANNER = 6  # municipal discharge planning (biståndshandläggare)
    SHORT_TERM = 7  # korttidsplatser
    HOMECOMING = 8  # safe-homecoming team, people at a time (trygg hemgång)
    TEAM_NURSE = 9  # mobile team (mobilt team)
    TEAM_DOCTOR = 10
    PLACE_MOST_ILL = 11  # caseload places of the team (platser i teamet)
    PLACE_FAILING = 12
    AMBULANCE = 13
    EMERGENCY_PLACE = 14
    EMERGENCY_DOCTOR = 15
    WARD_MEDICINE = 16
    WARD_SURGERY = 17
    EXTRA_MEDICINE = 18  # overcrowding beds (överbeläggning)
    EXTRA_SURGERY = 19
    SPECIALIST = 20
    DAY_UNIT = 21  # day surgery and day treatment
    CONSULT = 22  # specialist support (specialiststöd)
    MONITORING = 23
    ATTENDER_TEAM = 24  # coordination team for frequent attenders (mångbesökare)
    PALLIATIVE = 25
    SJUKSTUGA = 26
    REHABILITATION = 27


class Ward(IntEnum):
    """Ward groups (vårdavdelningar): medicine with geriatrics; surgery with everything else."""

    MEDICINE = 0
    SURGERY = 1


class Detection(IntEnum):
    """Who notices (vem som upptäcker)."""

    SELF = 0
    RELATIVE = 1
    HOME_NURSE = 2
    MONITORING = 3


class Caller(IntEnum):
    """Who seeks care for a worsening (vem som söker); decides where it is first taken (E10)."""

    CHILD = 0
    ADULT = 1
    OLDER = 2  # 65 and over, without home nursing
    HOME_NURSING = 3  # inskriven i hemsjukvård
    SPECIAL_HOUSING = 4  # särskilt boende


class Contact(IntEnum):
    """Where a worsening is first taken (första kontakt, E10)."""

    HEALTH_CENTRE = 0
    PHONE_1177 = 1
    AMBULANCE = 2
    EMERGENCY = 3
    HOME_NURSE = 4


class Step(IntEnum):
    """The next step of an open episode (nästa steg i vårdkedjan); the first five are a Contact."""

    HEALTH_CENTRE = 0
    PHONE_1177 = 1
    AMBULANCE = 2
    EMERGENCY = 3
    HOME_NURSE = 4
    GP = 5
    TEAM_NURSE = 6
    TEAM_DOCTOR = 7
    NAMED_CONTACT = 8  # coordination team for frequent attenders
    CONSULT = 9  # specialist support
    ROUND = 10  # doctor's round at a short-term place
    PALLIATIVE = 11
    HOSPITAL = 12  # admitted
    WORSENS = 13  # at home, until it passes or becomes a crisis
    OVER = 14


# --- identity of a candidate need ---------------------------------------------------------------------------
# need = ((type * 4096 + window) * 256 + index) * 64 + generation; generation > 0 is an offspring of the same
# identity with generation - 1. Unique within a person.

NEED_GENERATIONS = 64
NEED_INDEXES = 256
NEED_WINDOWS = 4096


class Purpose(IntEnum):
    """What a draw is for (dragningens ändamål); part of its key, so numbers here are never reused."""

    GAP = 1
    ACCEPT = 2
    LEVEL = 3
    DIAGNOSIS = 4
    SEVERITY = 5
    PROGRESSION = 6
    STAY = 7
    PREVENTABLE = 8
    OFFSPRING = 9
    OFFSPRING_DELAY = 10
    OFFSPRING_SOURCE = 11
    NOTICE = 12
    CHANNEL = 13
    PERCEIVED = 14
    SERVICE = 15
    KNOWN = 16
    DESTINATION = 17
    DEATH_IN_CRISIS = 18
    PATIENCE = 19
    CONVEYANCE = 20
    RELAPSE = 21
    TRAVEL = 22
    PLANNING = 23
    SPELL = 24
    REVIEW = 25
    DISPOSITION = 26
    FOUND_NEED = 27
    ALARM = 28
    OUTSIDE = 29
    ABSENCE = 30
    REHABILITATION = 31
    ELECTIVE = 32
    SHORT_TERM = 33
    TREATMENT = 34
    RETRY = 35
    WORKUP = 36
    SELF_CARE = 37
    DIRECT = 38
    PLAN = 39
    CONSULT = 40
    POPULATION = 41
    FRAILTY = 42
    HOME_HELP = 43
    VACANCY = 44
    PROCEDURE = 45
    READINESS = 46
    DETECTOR = 47
    COMPLICATION = 48
    MONITORING_RANK = 49
    TRIAGE = 50
    QUEUE = 51
    RESPITE = 52
    MORNING = 53
