"""Every word of a patient story, in English and Swedish, in one table (ord i patientberättelser).

A sentence has gaps, which the facts of its moment fill: {wait}, {length}, {delay}, {ward}, {step} and so on. Tails are
added to a sentence, after a comma.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import IntEnum
from typing import NamedTuple

from sim.eventlog.log import MONDAY
from sim.eventlog.lots import Stratum
from sim.eventlog.moments import Fact, Length, Moment
from sim.vocabulary import (
    DAY,
    HOUR,
    MINUTE,
    AgeBand,
    Chronic,
    Detection,
    Diagnosis,
    Group,
    Kind,
    Level,
    NeedType,
    Place,
    Segment,
    Ward,
)


class Two(NamedTuple):
    """The same in English and in Swedish."""

    en: str
    sv: str


LANGUAGES = Two._fields

SENTENCES: Mapping[str, Two] = {
    # hidden
    "self_care": Two("A simple need is met by self-care.", "Ett enkelt behov sköts med egenvård."),
    "complicated": Two(
        "A complicated need begins: several units will take part.",
        "Ett komplicerat behov uppstår: flera enheter blir inblandade.",
    ),
    "prevented": Two(
        "{need} that would have begun now ({level} would have sufficed) is kept away by an earlier review.",
        "{need} som skulle ha börjat nu ({level} hade räckt) har förebyggts av en tidigare kontroll.",
    ),
    "worsening": Two(
        "{need} begins ({diagnosis}; {level} would suffice if met in time)",
        "{need} börjar ({diagnosis}; {level} räcker om den möts i tid)",
    ),
    "passes": Two("It passes by itself.", "Det går över av sig självt."),
    "suppressed": Two(
        "A further need arises while another is open; the model leaves it out.",
        "Ytterligare ett behov uppstår medan ett annat pågår; modellen utelämnar det.",
    ),
    "segment": Two(
        "From now on the model counts the person as: {segment}.", "Från nu räknar modellen personen som: {segment}."
    ),
    "failing_begins": Two("A failing spell begins.", "En sviktande period börjar."),
    "failing_ends": Two("The failing spell is over.", "Den sviktande perioden är över."),
    "too_low": Two(
        "More than this was needed: it will get worse.", "Det hade behövts mer än så: det kommer att förvärras."
    ),
    "enters": Two(
        "Comes into the population: born, moved in, or come of age for it.",
        "Kommer in i befolkningen: född, inflyttad eller uppnådd ålder.",
    ),
    # contacts
    "phone_1177": Two("Calls 1177; answered after {wait}", "Ringer 1177; svar efter {wait}"),
    "phone_1177.not_made": Two("Calls 1177 and gives up after {wait}.", "Ringer 1177 och ger upp efter {wait}."),
    "phone_centre": Two(
        "Calls the health centre; called back after {wait}", "Ringer hälsocentralen; uppringd efter {wait}"
    ),
    "phone_centre.not_made": Two(
        "Calls the health centre; nobody calls back in {wait}.",
        "Ringer hälsocentralen; ingen ringer upp på {wait}.",
    ),
    "digital_visit": Two("Digital visit, after {wait}", "Digitalt besök, efter {wait}"),
    "nurse_visit": Two(
        "Nurse at the health centre, {wait} after it was asked for",
        "Sköterskebesök på hälsocentralen, efter {wait} väntan",
    ),
    "gp_visit": Two(
        "Doctor at the health centre, {wait} after it was asked for",
        "Läkarbesök på hälsocentralen, efter {wait} väntan",
    ),
    "gp_visit.not_made": Two(
        "No time with a doctor at the health centre within {wait}; gives up waiting.",
        "Ingen läkartid på hälsocentralen inom {wait}; slutar vänta.",
    ),
    "gp_home_visit": Two("The doctor comes home, after {wait}", "Läkaren gör hembesök, efter {wait}"),
    "review_at_home": Two(
        "Planned review at home by the health centre's doctor",
        "Planerad årskontroll i hemmet av hälsocentralens läkare",
    ),
    "review": Two("Planned review at the health centre", "Planerad årskontroll på hälsocentralen"),
    "home_nurse_visit": Two(
        "The home nurse comes on an extra visit, after {wait}",
        "Hemsjukvårdens sköterska gör ett extra besök, efter {wait}",
    ),
    "team_nurse_visit": Two(
        "The mobile team's nurse comes home, after {wait}", "Mobila teamets sköterska kommer hem, efter {wait}"
    ),
    "team_doctor_visit": Two(
        "The mobile team's doctor comes home, after {wait}", "Mobila teamets läkare kommer hem, efter {wait}"
    ),
    "proactive_visit": Two("Planned visit by the mobile team", "Planerat besök av mobila teamet"),
    "consult": Two("Specialist support at a distance, after {wait}", "Specialiststöd på distans, efter {wait}"),
    "alarm": Two(
        "Alarm from the measurements at home; looked at after {wait}", "Larm från hemmätningen; bedömt efter {wait}"
    ),
    "ambulance": Two("Ambulance, there after {wait}", "Ambulans, framme efter {wait}"),
    "emergency_visit": Two("Comes to the emergency department", "Kommer till akutmottagningen"),
    "specialist_visit": Two(
        "Visit to a specialist clinic, {wait} after the referral",
        "Besök på specialistmottagning, {wait} efter remissen",
    ),
    "day_treatment": Two("Day surgery or day treatment, after {wait}", "Dagkirurgi eller dagsjukvård, efter {wait}"),
    "rehabilitation": Two("Rehabilitation, after {wait}", "Rehabilitering, efter {wait}"),
    "rehabilitation_between": Two(
        "A course of rehabilitation, {wait} after it was asked for", "En rehabiliteringsinsats, efter {wait} väntan"
    ),
    "frequent_attender": Two(
        "The coordination team for frequent attenders, after {wait}", "Samordningsteamet för mångbesökare, efter {wait}"
    ),
    "round": Two("Seen on the doctor's round at the short-term place", "Bedömd på läkarronden på korttidsboendet"),
    "palliative_visit": Two(
        "The palliative team comes home, after {wait}", "Palliativa teamet kommer hem, efter {wait}"
    ),
    "planning": Two(
        "The municipality has planned the discharge, {wait} after it was asked to",
        "Kommunens utskrivningsplanering är klar, {wait} efter kallelsen",
    ),
    "home_help_start": Two(
        "Home help begins, {wait} after it was ordered", "Hemtjänsten börjar, {wait} efter beställning"
    ),
    # what lasts
    "home_treatment": Two(
        "Treatment at home begins, with a visit every day.", "Behandling i hemmet börjar, med besök varje dag."
    ),
    "home_treatment.well": Two(
        "Treatment at home ends after {length}: well again.",
        "Behandlingen i hemmet avslutas efter {length}: frisk igen.",
    ),
    "home_treatment.failed": Two(
        "Treatment at home is given up after {length}: worse.",
        "Behandlingen i hemmet avbryts efter {length}: försämrad.",
    ),
    "short_term_stay": Two("Moves into a short-term place.", "Flyttar in på korttidsplats."),
    "short_term_stay.home": Two(
        "Leaves the short-term place after {length}, for home.",
        "Lämnar korttidsplatsen efter {length} och flyttar hem.",
    ),
    "short_term_stay.hospital": Two(
        "Leaves the short-term place after {length}, for hospital.",
        "Lämnar korttidsplatsen efter {length}, för sjukhus.",
    ),
    "respite": Two("A respite week at a short-term place begins.", "En växelvårdsvecka på korttidsplats börjar."),
    "respite.over": Two("Home again after {length} of respite care.", "Hemma igen efter {length} växelvård."),
    "respite.not_made": Two(
        "No place for the respite week that was planned.", "Ingen plats för den planerade växelvårdsveckan."
    ),
    "special_housing_move": Two(
        "Gets a place in special housing for good.", "Får plats på särskilt boende, permanent."
    ),
    "homecoming": Two("The safe-homecoming team takes over.", "Trygg hemgång-teamet tar över."),
    "homecoming.over": Two("The safe-homecoming team ends after {length}.", "Trygg hemgång avslutas efter {length}."),
    "enrolment": Two(
        "Enrolled in the mobile team, {wait} after coming on its list.",
        "Inskriven i mobila teamet, {wait} efter att ha kommit på dess lista.",
    ),
    "enrolment.over": Two("Leaves the mobile team after {length}.", "Skrivs ut från mobila teamet efter {length}."),
    "postponed": Two("A planned admission is postponed: no bed.", "En planerad inläggning ställs in: ingen vårdplats."),
    # hospital
    "admitted": Two("Admitted to {ward}", "Läggs in på {ward}"),
    "admitted_direct": Two("Admitted directly to {ward}", "Läggs in direkt på {ward}"),
    "admitted_planned": Two("Planned admission to {ward}", "Planerad inläggning på {ward}"),
    "admitted_sjukstuga": Two("Admitted to the local sjukstuga", "Läggs in på sjukstugan"),
    "moved_ward": Two("Moves on to {ward} for rehabilitation.", "Flyttas till {ward} för rehabilitering."),
    "ready": Two("Clinically ready after {length} in hospital.", "Utskrivningsklar efter {length} på sjukhus."),
    "relapse": Two(
        "Falls ill again in hospital, after {wait} of waiting to leave.",
        "Insjuknar på nytt på sjukhuset, efter {wait} väntan på att komma därifrån.",
    ),
    "discharged_home": Two(
        "Leaves hospital for home after {length}", "Skrivs ut till hemmet efter {length} på sjukhus"
    ),
    "discharged_short_term": Two(
        "Leaves hospital for a short-term place after {length}",
        "Skrivs ut till korttidsplats efter {length} på sjukhus",
    ),
    "discharged_special_housing": Two(
        "Leaves hospital for special housing after {length}", "Skrivs ut till särskilt boende efter {length} på sjukhus"
    ),
    "death": Two("Dies {place}.", "Avlider {place}."),
}
"""By key of the moment. Without a full stop where tails may follow."""

NOT_MADE = Two("{name}: does not come about within {wait}.", "{name}: blir inte av inom {wait}.")
CANCELLED = Two("{name}: cancelled.", "{name}: avbokas.")
WAITING = Two("{name}: still waited for at the end of the story.", "{name}: väntar fortfarande när berättelsen slutar.")

TAILS: Mapping[str, Two] = {
    "follow_on": Two("in the weeks after the last illness", "i veckorna efter förra sjukdomen"),
    "noticed": Two("noticed after {delay} by {by}", "upptäcks efter {delay} av {by}"),
    "known": Two("by somebody who knows the patient", "av någon som känner patienten"),
    "on_plan": Two("acting on the care plan", "enligt vårdplanen"),
    "open": Two("under way as the story ends", "pågår när berättelsen slutar"),
    "on_to": Two("sent on to {step}", "hänvisas till {step}"),
    "sent_on": Two("sent on", "hänvisas vidare"),
    "treated": Two("treated there", "behandlas på plats"),
    "booked": Two("an appointment with {step}", "får tid hos {step}"),
    "advised": Two("advice is enough", "råd räcker"),
    "left_at_home": Two("stays at home after assessment", "stannar hemma efter bedömning"),
    "conveyed": Two("taken to hospital", "förs till sjukhus"),
    "found_need": Two("which finds something that nobody had seen", "som hittar något som ingen sett"),
    "false_alarm": Two("a false alarm", "falsklarm"),
    "after_failure": Two("having failed to reach primary care", "efter att inte ha nått primärvården"),
    "seen": Two("seen by a doctor after {wait}", "träffar läkare efter {wait}"),
    "sent_home": Two("sent home after {length} in all", "går hem efter totalt {length}"),
    "to_ward": Two("admitted, and leaves the department after {length}", "läggs in, lämnar akuten efter {length}"),
    "left_unseen": Two("leaves unseen after {length}", "går utan att ha träffat läkare efter {length}"),
    "boarded": Two("the bed {wait} after the decision", "i säng {wait} efter beslutet"),
    "outlying": Two("in another ward's bed", "utlokaliserad"),
    "overcrowded": Two("in an extra bed", "på överbeläggningsplats"),
    "procedure": Two("with surgery or another procedure", "med operation eller annat ingrepp"),
    "waited_planning": Two("the last {wait} waiting for the municipality", "de sista {wait} i väntan på kommunen"),
    "waited_home_help": Two("the last {wait} waiting for home help", "de sista {wait} i väntan på hemtjänst"),
    "waited_short_term": Two(
        "the last {wait} waiting for the short-term place", "de sista {wait} i väntan på korttidsplats"
    ),
    "waited_homecoming": Two(
        "the last {wait} until the safe-homecoming team came", "de sista {wait} tills trygg hemgång kom"
    ),
}

CONTACT_NAMES: Mapping[Kind, Two] = {
    Kind.PHONE_1177: Two("1177", "1177"),
    Kind.PHONE_CENTRE: Two("the health centre's phone", "hälsocentralens telefon"),
    Kind.DIGITAL_VISIT: Two("a digital visit", "ett digitalt besök"),
    Kind.NURSE_VISIT: Two("the nurse at the health centre", "sköterskan på hälsocentralen"),
    Kind.GP_VISIT: Two("the doctor at the health centre", "läkaren på hälsocentralen"),
    Kind.GP_HOME_VISIT: Two("the doctor's home visit", "läkarens hembesök"),
    Kind.HOME_NURSE_VISIT: Two("the home nurse", "hemsjukvårdens sköterska"),
    Kind.TEAM_NURSE_VISIT: Two("the mobile team's nurse", "mobila teamets sköterska"),
    Kind.TEAM_DOCTOR_VISIT: Two("the mobile team's doctor", "mobila teamets läkare"),
    Kind.PROACTIVE_VISIT: Two("the mobile team's planned visit", "mobila teamets planerade besök"),
    Kind.REVIEW: Two("the planned review", "årskontrollen"),
    Kind.CONSULT: Two("specialist support", "specialiststöd"),
    Kind.ALARM: Two("the alarm", "larmet"),
    Kind.AMBULANCE: Two("the ambulance", "ambulansen"),
    Kind.EMERGENCY_VISIT: Two("the emergency department", "akutmottagningen"),
    Kind.PLANNING: Two("the municipality's planning", "kommunens planering"),
    Kind.HOME_HELP_START: Two("the start of home help", "start av hemtjänst"),
    Kind.SPECIALIST_VISIT: Two("the specialist clinic", "specialistmottagningen"),
    Kind.DAY_TREATMENT: Two("day treatment", "dagsjukvård"),
    Kind.REHABILITATION: Two("rehabilitation", "rehabilitering"),
    Kind.FREQUENT_ATTENDER: Two("the coordination team", "samordningsteamet"),
    Kind.ROUND: Two("the doctor's round", "läkarronden"),
    Kind.PALLIATIVE_VISIT: Two("the palliative team", "palliativa teamet"),
    Kind.STAY: Two("a ward, directly", "vårdavdelning, direkt"),
    Kind.HOME_TREATMENT: Two("treatment at home", "behandling i hemmet"),
}

CODES: Mapping[type[IntEnum], Mapping[IntEnum, Two]] = {
    NeedType: {
        NeedType.SIMPLE: Two("A simple need", "Ett enkelt behov"),
        NeedType.COMPLICATED: Two("A complication", "En komplikation"),
        NeedType.EXACERBATION: Two("A worsening of the chronic condition", "En försämring av den kroniska sjukdomen"),
        NeedType.DETERIORATION: Two("A worsening", "En försämring"),
    },
    Level: {
        Level.SELF_CARE: Two("self-care", "egenvård"),
        Level.NURSE: Two("a nurse", "en sjuksköterska"),
        Level.GP: Two("a GP", "en distriktsläkare"),
        Level.TEAM: Two("a mobile team", "ett mobilt team"),
        Level.HOSPITAL: Two("only hospital", "bara sjukhus"),
    },
    Diagnosis: {
        Diagnosis.ACS_CHRONIC: Two("ambulatory-care sensitive, chronic", "undvikbar slutenvård, kronisk"),
        Diagnosis.ACS_ACUTE: Two("ambulatory-care sensitive, acute", "undvikbar slutenvård, akut"),
        Diagnosis.MEDICAL: Two("medical", "medicinsk"),
        Diagnosis.SURGICAL: Two("surgical", "kirurgisk"),
    },
    Detection: {
        Detection.SELF: Two("the person", "personen själv"),
        Detection.RELATIVE: Two("a relative", "en anhörig"),
        Detection.HOME_NURSE: Two("home care staff", "personal i hemmet"),
        Detection.MONITORING: Two("monitoring", "hemmätning"),
    },
    Ward: {
        Ward.MEDICINE: Two("medicine", "medicin"),
        Ward.SURGERY: Two("surgery", "kirurgi"),
    },
    Place: {
        Place.HOME: Two("at home", "hemma"),
        Place.SPECIAL_HOUSING: Two("in special housing", "på särskilt boende"),
        Place.SHORT_TERM: Two("at the short-term place", "på korttidsplatsen"),
        Place.EMERGENCY: Two("in the emergency department", "på akutmottagningen"),
        Place.WARD: Two("in hospital", "på sjukhus"),
        Place.SJUKSTUGA: Two("at the sjukstuga", "på sjukstugan"),
    },
    Segment: {
        Segment.MOST_ILL: Two("most ill", "mest sjuk"),
        Segment.FAILING: Two("periodically failing", "periodvis sviktande"),
        Segment.RISK: Two("risk group", "riskgrupp"),
        Segment.OTHER: Two("no need segment", "inget behovssegment"),
    },
    Group: {
        Group.SIMPLE: Two("simple needs", "enkla behov"),
        Group.COMPLICATED: Two("complicated needs", "komplicerade behov"),
        Group.CHRONIC: Two("chronic", "kronisk"),
        Group.MULTI_ILL: Two("multi-ill", "multisjuk"),
    },
    Chronic: {
        Chronic.NONE: Two("no chronic condition", "ingen kronisk sjukdom"),
        Chronic.HEART_FAILURE: Two("heart failure", "hjärtsvikt"),
        Chronic.COPD: Two("COPD", "KOL"),
        Chronic.OTHER: Two("another chronic condition", "annan kronisk sjukdom"),
    },
    Stratum: {
        Stratum.MOST_ILL: Two("most ill", "mest sjuka"),
        Stratum.FAILING: Two("periodically failing", "periodvis sviktande"),
        Stratum.RISK: Two("risk group, 65 and over", "riskgrupp, 65 år och äldre"),
        Stratum.CHRONIC: Two("others with a chronic condition", "övriga med kronisk sjukdom"),
        Stratum.COMPLICATED: Two("complicated needs", "komplicerade behov"),
        Stratum.SIMPLE: Two("simple needs", "enkla behov"),
    },
    Kind: {kind: name for kind, name in CONTACT_NAMES.items()},  # noqa: C416 - a mapping of kinds is none of codes
}
"""What codes are called, in the middle of a sentence; kinds of need begin one."""

MONTHS = Two(
    "January February March April May June July August September October November December",
    "januari februari mars april maj juni juli augusti september oktober november december",
)
WEEKDAYS = Two("Mon Tue Wed Thu Fri Sat Sun", "mån tis ons tor fre lör sön")
DURATIONS = {
    "moment": Two("less than a minute", "mindre än en minut"),
    "min": Two("min", "min"),
    "h": Two("h", "tim"),
    "days": Two("days", "dygn"),
}
SPACE = "\N{NO-BREAK SPACE}"
AGES = Two("{age} years", "{age} år")


class Language:
    """The words of one language.

    Parameters
    ----------
    name
        ``en`` or ``sv``.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._place = LANGUAGES.index(name)

    def of(self, both: Two) -> str:
        """The one of the two."""
        return both[self._place]

    def code(self, value: IntEnum) -> str:
        """What a code is called."""
        return self.of(CODES[type(value)][value])

    def decimal(self, value: float, places: int = 1) -> str:
        """A number as the language writes it."""
        text = f"{value:.{places}f}"
        return text.replace(".", ",") if self.name == "sv" else text

    def duration(self, seconds: int) -> str:
        """A length in minutes below an hour and a half, in hours below two days, else in days."""
        if seconds < MINUTE:
            return self.of(DURATIONS["moment"])
        if seconds < 90 * MINUTE:
            return f"{round(seconds / MINUTE)}{SPACE}{self.of(DURATIONS['min'])}"
        if seconds < 2 * DAY:
            return f"{self.decimal(seconds / HOUR, 1 if seconds < 10 * HOUR else 0)}{SPACE}{self.of(DURATIONS['h'])}"
        return f"{self.decimal(seconds / DAY)}{SPACE}{self.of(DURATIONS['days'])}"

    def day(self, time: int) -> date:
        """Date of a second of the model, as in event logs."""
        return MONDAY + timedelta(days=time // DAY)

    def month(self, time: int) -> str:
        """Name of the month."""
        return self.of(MONTHS).split()[self.day(time).month - 1]

    def date(self, time: int) -> str:
        """Weekday, day and month."""
        day = self.day(time)
        return f"{self.of(WEEKDAYS).split()[day.weekday()]} {day.day} {self.month(time)}"

    def age(self, band: AgeBand) -> str:
        """An age band."""
        first, *last = band.name.removeprefix("AGE_").split("_")
        return self.of(AGES).format(age=f"{first}–{last[0]}" if last else f"{first}+")

    def sentence(self, moment: Moment) -> str:
        """A moment in words."""
        facts = {name: self._fact(fact) for name, fact in moment.facts.items()}
        base = self._base(moment.key)
        parts = [base, *(self.of(TAILS[key]) for key in moment.tails)]
        text = ", ".join(part.format(**facts) for part in parts)
        return text if text.endswith(".") else text + "."

    def _base(self, key: str) -> str:
        """The sentence without its tails; what did not come about has a common one unless it has its own."""
        if key in SENTENCES:
            return self.of(SENTENCES[key])
        name, end = key.split(".")
        common = {"not_made": NOT_MADE, "cancelled": CANCELLED, "waiting": WAITING}[end]
        named = self.of(CONTACT_NAMES[KIND_OF.get(name) or Kind[name.upper()]])
        return self.of(common).replace("{name}", named[0].upper() + named[1:])

    def _fact(self, fact: Fact) -> str:
        return self.duration(fact) if isinstance(fact, Length) else self.code(fact)


KIND_OF = {"review_at_home": Kind.REVIEW, "rehabilitation_between": Kind.REHABILITATION}
"""Kinds of contact whose sentences have other keys."""

LANES: Mapping[str, tuple[Two, tuple[Kind, ...]]] = {
    "phone": (Two("Phone, digital", "Telefon, digitalt"), (Kind.PHONE_1177, Kind.PHONE_CENTRE, Kind.DIGITAL_VISIT)),
    "centre": (Two("Health centre", "Hälsocentral"), (Kind.NURSE_VISIT, Kind.GP_VISIT, Kind.REVIEW)),
    "home": (
        Two("Visits at home", "Besök i hemmet"),
        (Kind.GP_HOME_VISIT, Kind.HOME_NURSE_VISIT, Kind.ROUND),
    ),
    "team": (
        Two("Mobile and other teams", "Mobila och andra team"),
        (
            Kind.TEAM_NURSE_VISIT,
            Kind.TEAM_DOCTOR_VISIT,
            Kind.PROACTIVE_VISIT,
            Kind.PALLIATIVE_VISIT,
            Kind.FREQUENT_ATTENDER,
            Kind.CONSULT,
            Kind.ALARM,
        ),
    ),
    "ambulance": (Two("Ambulance", "Ambulans"), (Kind.AMBULANCE,)),
    "emergency": (Two("Emergency dept", "Akutmottagning"), (Kind.EMERGENCY_VISIT,)),
    "clinic": (
        Two("Specialist, rehabilitation", "Specialist, rehabilitering"),
        (Kind.SPECIALIST_VISIT, Kind.DAY_TREATMENT, Kind.REHABILITATION),
    ),
}
"""Rows of the figure, and the contacts that each has."""
PLACES: Mapping[Place, Two] = {
    Place.HOME: Two("home", "hemma"),
    Place.EMERGENCY: Two("emergency department", "akutmottagning"),
    Place.WARD: Two("hospital", "sjukhus"),
    Place.SHORT_TERM: Two("short-term place", "korttidsplats"),
    Place.SPECIAL_HOUSING: Two("special housing", "särskilt boende"),
}
FIGURE: Mapping[str, Two] = {
    "place": Two("Where", "Var"),
    "hidden": Two("Needs\n(not seen by care)", "Behov\n(syns inte för vården)"),
    "failing": Two("failing spell (not seen by care)", "sviktande period (syns inte för vården)"),
    "made": Two("contact", "kontakt"),
    "unmade": Two("asked for, did not come about", "söktes, blev inte av"),
    "need": Two(
        "need: the taller, the higher the level of care needed", "behov: ju högre streck, desto högre vårdnivå"
    ),
    "small_need": Two("simple or complicated need", "enkelt eller komplicerat behov"),
    "died": Two("death", "död"),
}
"""What stands in the figure."""
PAGE: Mapping[str, Two] = {
    "title": Two("Patient stories from {scenario}", "Patientberättelser från {scenario}"),
    "lead": Two(
        "These {number} stories are made by a simulation model. Nobody in them exists. Please read each as you would "
        "read a record, and say whether it could have happened. They were drawn at random, and nobody has chosen any.",
        "Dessa {number} berättelser kommer från en simuleringsmodell. Ingen av personerna finns. Läs var och en som du "
        "läser en journal och svara på om det kunde ha hänt. De är slumpmässigt dragna och ingen har valt bland dem.",
    ),
    "hidden": Two(
        "Sentences in italics behind a diamond (◇), shaded bands and the lowest row of the figure are what the model "
        "knows and care does not: when a need arose, what level of care would have been enough, and failing spells.",
        "Meningar i kursiv efter en romb (◇), skuggade band och figurens nedersta rad är sådant som modellen vet men "
        "inte vården: när ett behov uppstod, vilken vårdnivå som hade räckt, och sviktande perioder.",
    ),
    "known": Two(
        "The model knows no name, sex, drug or diagnosis beyond its class. It has a calendar of its own: "
        "years have 365 days and begin on a Monday, and no public holidays.",
        "Modellen känner varken namn, kön, läkemedel eller diagnos utöver dess klass. Den har en egen kalender: "
        "åren har 365 dagar och börjar på en måndag, utan helgdagar.",
    ),
    "plain_lot": Two(
        "Everybody{who} with a contact in the followed time had the same chance: {sizes}.",
        "Alla{who} med en kontakt under den följda tiden hade samma chans: {sizes}.",
    ),
    "strata_lot": Two(
        "People{who} with a contact in the followed time were drawn from each of these kinds, so that the stories show "
        "the range and not what is common: {sizes}.",
        "Personer{who} med en kontakt under den följda tiden drogs ur vart och ett av dessa slag, så att berättelserna "
        "visar bredden och inte det vanliga: {sizes}.",
    ),
    "older": Two(" aged 65 and over", " 65 år och äldre"),
    "drawn": Two("{drawn} of {size} {stratum}", "{drawn} av {size} {stratum}"),
    "show": Two("Show what care does not see", "Visa det som inte syns för vården"),
    "again": Two("Again", "På nytt"),
    "run": Two(
        "Seed {seed}, replication {replication}, draw {lot}, governance {governances}.",
        "Frö {seed}, replikation {replication}, dragning {lot}, styrning {governances}.",
    ),
    "story": Two("Story {place}: person {number}", "Berättelse {place}: person {number}"),
    "text": Two("Day by day", "Dag för dag"),
    "before": Two("The year before", "Året före"),
    "after": Two("The followed year", "Det följda året"),
    "nothing": Two("Nothing happens.", "Ingenting händer."),
    "same": Two("The same under {governances}.", "Samma under {governances}."),
    "and": Two("and", "och"),
    "use": Two("Use of care", "Vårdkonsumtion"),
    "sheet": Two("Is it believable?", "Är den trovärdig?"),
    "why": Two("What is not as it would be, and why?", "Vad är inte som det brukar vara, och varför?"),
    "usual": Two("What is usual", "Det vanliga"),
    "usual_lead": Two(
        "Ten stories show no rate. This is everybody in the followed year ({governance}): how often each contact took "
        "place per 1,000 inhabitants and year, and how long people waited for it.",
        "Tio berättelser visar inte hur vanligt något är. Så här är det för alla under det följda året ({governance}): "
        "hur ofta varje kontakt ägde rum per 1 000 invånare och år, och hur länge man väntade på den.",
    ),
    "deaths": Two("{number} people died: {places}.", "{number} personer avled: {places}."),
    "overall": Two("All stories together", "Alla berättelser tillsammans"),
    "reader": Two(
        "Profession, workplace and years in it (no name is needed)", "Yrke, arbetsplats och antal år (namn behövs inte)"
    ),
    "alt": Two(
        "Timeline of person {number}: places, contacts and hidden needs over {days} days; the text tells it all.",
        "Tidslinje för person {number}: platser, kontakter och dolda behov under {days} dagar; allt står i texten.",
    ),
}
"""Words of the page."""
USE: Mapping[str, Two] = {
    "phone": Two("calls answered, digital visits", "besvarade samtal, digitala besök"),
    "visits": Two("other contacts", "övriga kontakter"),
    "emergency": Two("emergency visits", "akutbesök"),
    "admissions": Two("admissions", "inläggningar"),
    "hospital_days": Two("days in hospital", "dygn på sjukhus"),
}
"""Rows of the table of use; fields of ``Count``."""
USUAL = (
    Two("Contact", "Kontakt"),
    Two("per 1,000 and year", "per 1 000 och år"),
    Two("half wait at most", "hälften väntar högst"),
    Two("nine of ten wait at most", "nio av tio väntar högst"),
    Two("does not come about, %", "blir inte av, %"),
    Two("at night (22–7), %", "nattetid (22–7), %"),
)
"""Heads of the table of what is usual."""
USUAL_NAMES: Mapping[Kind, Two] = {
    Kind.EMERGENCY_VISIT: Two("the doctor in the emergency department", "läkaren på akutmottagningen"),
    Kind.STAY: Two("a bed on a ward, once admission is decided", "säng på avdelning, när inläggning är beslutad"),
    Kind.READY: Two("leaving hospital, of those who wait when ready", "att lämna sjukhuset, de som väntar som färdiga"),
}
"""Kinds of contact that have other names there."""
WHO: Mapping[str, Two] = {
    "home_nursing": Two("home nursing", "hemsjukvård"),
    "special_housing": Two("special housing", "särskilt boende"),
    "enrolled": Two("enrolled in the mobile team", "inskriven i mobila teamet"),
    "sometimes": Two("{what} part of the time", "{what} en del av tiden"),
    "relative": Two("support of a relative", "stöd av anhörig"),
    "alone": Two("no relative close by", "ingen anhörig nära"),
    "help": Two("{hours} hours of home help a week", "{hours} timmar hemtjänst i veckan"),
    "no_help": Two("no home help", "ingen hemtjänst"),
}
"""What is said of a person."""
QUESTIONS = (
    Two("The course as a whole could have happened.", "Förloppet som helhet kunde ha hänt."),
    Two("Number and kind of contacts fit such a patient.", "Antal och slag av kontakter passar en sådan patient."),
    Two("Who sent whom where is as it would be.", "Vem som skickade vem vart är som det brukar vara."),
    Two(
        "Waits and lengths (phone, visits, emergency department, ward, discharge) are as they would be.",
        "Väntetider och längder (telefon, besök, akut, avdelning, utskrivning) är som de brukar vara.",
    ),
    Two("Nothing that would surely have happened is missing.", "Inget som säkert hade hänt saknas."),
)
"""What a clinician is asked about each story."""
OVERALL = (
    Two("I meet patients like these.", "Jag möter sådana patienter."),
    Two(
        "How often contacts take place, how long people wait, and where they die is as it is in life.",
        "Hur ofta kontakter äger rum, hur länge man väntar och var man avlider är som i verkligheten.",
    ),
    Two(
        "The stories together show the range of patients that care has.",
        "Berättelserna visar tillsammans bredden av de patienter som vården har.",
    ),
    Two(
        "What the model knows and care does not (needs, failing spells) makes sense.",
        "Det modellen vet men inte vården (behov, sviktande perioder) är rimligt.",
    ),
)
"""What is asked about all of them."""
ANSWERS = (Two("yes", "ja"), Two("partly", "delvis"), Two("no", "nej"), Two("cannot say", "kan ej bedöma"))
GOVERNANCES = {"current": Two("current", "nuvarande"), "coordinated": Two("coordinated", "samordnad")}
