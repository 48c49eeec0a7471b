"""Svenska ord för figurer, tabeller och sidor: the words of the report in Swedish, the same names as in ``words``.

Written for planners in regions and municipalities, with the terms that Socialstyrelsen, SKR and the regions use. Where
English has a Swedish term in italics beside it, Swedish has none: the text itself is that term.
"""

from __future__ import annotations

from sim.outcomes.daily import SERIES as DAILY_SERIES
from sim.outcomes.names import OUTCOMES
from sim.report.words import Counted, FigureWords, Term

LANGUAGE = "sv"
THOUSANDS = "\N{NARROW NO-BREAK SPACE}"
DECIMAL = ","
TO = "till"
NONE = "–"
NOT_A_RESULT = "filerna är inte ett resultats"
PER_CENT = "%"
MILLION_SEK = "mnkr"
ALL = "Samtliga"

UNITS = {
    "share": "%",
    "SEK": "mnkr",
    "calls": "samtal",
    "calls per person-year": "samtal per personår",
    "contacts": "kontakter",
    "days": "dygn",
    "days per person-year": "dygn per personår",
    "deaths": "dödsfall",
    "episodes": "perioder",
    "events": "händelser",
    "hours": "timmar",
    "minutes": "minuter",
    "moves": "flyttningar",
    "needs": "behov",
    "per 1,000 person-years": "per 1 000 personår",
    "per 100 beds": "per 100 vårdplatser",
    "person-years": "personår",
    "persons": "personer",
    "register days": "dygn",
    "requests": "förfrågningar",
    "spells": "vårdtillfällen",
    "spells per person-year": "vårdtillfällen per personår",
    "visits": "besök",
    "visits per person-year": "besök per personår",
}

GOVERNANCES = {"current": "Nuvarande", "coordinated": "Samordnad"}


def governance(name: str) -> str:
    """A governance as it is called in text and legends; those of a scenario's own by their names."""
    return GOVERNANCES.get(name, name.replace("_", " ").capitalize())


SHIPPED = {
    "Umeå länsdel: current and coordinated governance": "Umeå länsdel",
    "Vännäs with a hospital of its own size (toy)": "Vännäs med ett sjukhus i egen storlek (leksak)",
    "Size of the mobile team (toy)": "Det mobila teamets storlek (leksak)",
    "Umeå länsdel: size and hours of the mobile teams": "Umeå länsdel: de mobila teamens storlek och tider",
    "Toy: a hospital of this size has untypical queues.": "Leksak: ett så litet sjukhus har otypiska köer.",
}
"""Titles and notes of the scenarios that come with Narvard."""


def told(text: str) -> str:
    """Words of a scenario, its title or a note: those of a user's own as they are."""
    return SHIPPED.get(text, text)


GROUPS = {
    "simple": Term("Enkla behov"),
    "complicated": Term("Komplicerade behov"),
    "chronic": Term("Kroniskt sjuka"),
    "multi_ill": Term("Multisjuka"),
}
SEGMENTS = {
    "most_ill": Term("Mest sjuka"),
    "failing": Term("Periodvis sviktande"),
    "risk": Term("Riskgrupper"),
    "other": Term("Övriga i alla åldrar"),
}
MARGINS = {
    "all": Term("Samtliga"),
    "group": Term("LHC-grupp"),
    "segment": Term("Behovssegment"),
    "municipality": Term("Kommun"),
}

CLASSES = {
    "ready_days": Term("Utskrivningsklar"),
    "readmission_days": Term("Återinskrivning inom 30 dygn"),
    "acs_days": Term("Undvikbar slutenvård"),
    "short_stay_days": Term("Oplanerad, under 48 timmar"),
    "other_days": Term("Övriga, även planerad vård"),
}
LABELLED = "märkta som undvikbara"

LABELS = {
    "hospital_days": "Vårddygn på sjukhus",
    "ready_days": "1 Utskrivningsklar",
    "readmission_days": "2 Återinskrivning inom 30 dygn",
    "acs_days": "3 Undvikbar slutenvård",
    "short_stay_days": "4 Oplanerad, under 48 timmar",
    "other_days": "5 Övriga, även planerad vård",
    "labelled_days": "Märkta som undvikbara (1–4)",
    "preventable_days": "I princip förebyggbara",
    "preventable_or_ready_days": "I princip förebyggbara, eller utskrivningsklara",
    "admissions": "Vårdtillfällen",
    "admissions_unplanned": "Oplanerade vårdtillfällen",
    "admissions_harmed": "Sent inlagda, efter för låg vårdnivå",
    "readmissions_30d": "Oplanerade återinskrivningar inom 30 dygn",
    "readmission_share": "Utskrivningar följda av återinskrivning",
    "emergency_visits": "Besök på akutmottagning",
    "emergency_time_median": "Vistelsetid på akutmottagning, median",
    "ready_mean_days": "Tid som utskrivningsklar, medel av ett dygn eller mer",
    "ready_same_day_share": "Lämnar sjukhuset samma dag som utskrivningsklar",
    "overcrowding_per_100": "Överbeläggning",
    "deaths": "Dödsfall",
    "days_alive_at_home": "Dagar i livet hemma",
    "short_term_days": "Dygn på korttidsplats",
    "special_housing_days": "Dygn i särskilt boende",
    "home_help_hours": "Hemtjänsttimmar",
    "doctor_visits": "Läkarbesök i primärvården",
    "home_visit_hours": "Timmar för hembesök, resor inräknade",
    "cost_region_sek": "Region",
    "cost_municipality_sek": "Kommuner",
    "ready_payment_sek": "Kommunernas betalning för utskrivningsklara",
    "cost_total_sek": "Tillsammans",
}
"""Outcomes in tables."""


def outcome(name: str) -> Term:
    """An outcome as it is called in a table."""
    swedish = OUTCOMES[name].swedish
    return Term(LABELS.get(name, swedish[:1].upper() + swedish[1:]))


# --- the three quantities -----------------------------------------------------------------------------------

QUANTITIES_TITLE = "Tre storheter som aldrig får blandas ihop"
QUANTITIES_HEADS = ("", "vårddygn", "95 % KI", "av alla", "vad det är")
QUANTITIES = {
    "labelled": Term("Märkta som undvikbara"),
    "preventable": Term("I princip förebyggbara"),
    "avoided": Term("Faktiskt undvikna"),
}
QUANTITY_IS = {
    "labelled": "en märkning: {first}, dygn som registrens regler pekar ut",
    "preventable": "en övre gräns för vad ett team kan ta över: {first}",
    "avoided": "en effekt: {first} minus {last}, samma personer",
}

# --- the table ----------------------------------------------------------------------------------------------

SECTIONS = {
    "days": Term("Vårddygn efter uteslutande klass"),
    "groups": Term("Vårddygn per LHC-grupp"),
    "care": Term("Vårdtillfällen och besök"),
    "discharge": Term("Utskrivningsklara och vårdplatser"),
    "people": Term("Människor och kommunal vård och omsorg"),
    "cost": Term("Kostnad"),
}
DIFFERENCE, INTERVAL, RELATIVE, VERDICT = "skillnad", "95 % KI", "relativt", "utslag"
UNIT, OUTCOME, PEOPLE = "enhet", "utfall", "personer"
UNITS_IN_LABELS = ("share", "SEK", "minutes", "per 100 beds")
LOWER, HIGHER, UNCLEAR, EQUAL = "lägre", "högre", "osäkert", "lika"
TABLE_NOTE = (
    "Medelvärden av {replications} under {window}; skillnader mellan andelar i procentenheter. KI: "
    "konfidensintervall, 95 %, parvis över replikeringarna. ”Osäkert”: intervallet rymmer noll, så skillnaden kan "
    "inte skiljas från slumpen. Intervallen gäller en rad i taget: av tjugo rader utan någon verklig skillnad kan en "
    "väntas utesluta noll."
)
VALUE_NOTE = "Medelvärden av {replications} under {window}, med 95 % konfidensintervall (KI) över replikeringarna."
TABLE_ONE = "Medelvärden av 1 replikering under {window}. En enda replikering ger inget konfidensintervall."


def replications(count: int) -> str:
    """How many replications, in words."""
    return "1 replikering" if count == 1 else f"{count:,} replikeringar".replace(",", THOUSANDS)


def window(days: int) -> str:
    """The length of the window, in words."""
    return "ett år" if days == 365 else f"{days} dygn"


# --- what may be concluded ----------------------------------------------------------------------------------

FEWER, MORE = "färre", "fler"
FOUND = (
    "Med {last} styrning tillbringade invånarna {number} {direction} dygn på sjukhus under {window} än med "
    "{first} (95 % konfidensintervall {interval}; {relative} av {level}): en skillnad som slumpen ensam inte "
    "förklarar, med {replications}."
)
NO_CHANGE = "Antalet vårddygn är exakt detsamma med {first} och {last} styrning i alla {replications}."
NOT_FOUND = (
    "Någon skillnad i vårddygn mellan {first} och {last} styrning kan inte skiljas från slumpen med "
    "{replications} (95 % konfidensintervall för skillnaden {interval} dygn under {window}). Det är inte detsamma "
    "som att ingen skillnad finns: fler replikeringar gör intervallet smalare."
)
ONE_REPLICATION = (
    "En enda replikering säger ingenting om slumpen: ingen slutsats om {first} och {last} styrning får dras. Kör "
    "minst tio."
)
FEW_REPLICATIONS = "Med bara {replications} är intervallen själva osäkra."
APART = (
    "{labelled} dygn var märkta som undvikbara med {first} styrning, {preventable} var i princip förebyggbara, "
    "och {avoided}. Det första är en märkning, det andra en övre gräns; bara det tredje är en effekt."
)
AVOIDED = "{number} undveks faktiskt"
AVOIDED_UNCLEAR = "hur många som faktiskt undveks kan inte skiljas från inga alls"
AVOIDED_NEGATIVE = "inga undveks faktiskt, eftersom dygnen blev fler"
BOUND = (
    "Med de dygn som andra patienter väntar som utskrivningsklara blir den övre gränsen med {first} styrning {number} "
    "dygn; ingenting räknas två gånger."
)
DEATHS_UNCLEAR = "Någon skillnad i dödsfall kan inte skiljas från slumpen ({interval})."
DEATHS_CLEAR = "Dödsfallen var {number} {direction} ({interval})."
DIRECTIONS = {"deaths": ("färre", "fler"), "cost": ("lägre", "högre")}
COST_CLEAR = "Kostnaden för {payer} var {number} miljoner kronor {direction} ({interval})."
COST_UNCLEAR = "Någon skillnad i kostnad för {payer} kan inte skiljas från slumpen ({interval} miljoner kronor)."
PAYERS = {"cost_region_sek": "regionen", "cost_municipality_sek": "kommunerna"}
CONDITIONAL = (
    "Intervallen visar bara slumpen, inte hur osäkra antagandena är: allt detta gäller om scenariots värden gör det."
)
ENSEMBLE = (
    "Replikeringarna går över en ensemble av {sets} parameteruppsättningar: intervallen gäller medelvärdet över den, "
    "rymmer både det som inte är känt om parametrarna och slumpen, och gäller om resten av scenariot gör det."
)
SINGLE = (
    "Med {first} styrning tillbringade invånarna {level} dygn på sjukhus under {window}; {labelled} av dem var "
    "märkta som undvikbara ({share}) och {preventable} var i princip förebyggbara. Hur många som faktiskt kan "
    "undvikas kräver en jämförelse av två styrningar."
)

# --- figures ------------------------------------------------------------------------------------------------

FIGURES = {
    "days-by-class": FigureWords(
        "Vårddygn på sjukhus efter uteslutande klass",
        "",
        "Varje sekund på sjukhus hör till en klass: den första som stämmer, från vänster till höger. De fyra första "
        "är tillsammans märkta som undvikbara; en märkning, inte en effekt.",
    ),
    "days-by-group": FigureWords(
        "Vårddygn på sjukhus efter LHC-grupp och uteslutande klass",
        "",
        "Efter personens grupp när vårdtillfället började: den mest krävande som stämde. Grupperna beskriver behov, "
        "inte personer; en person kan gå från den ena till den andra.",
    ),
    "three-quantities": FigureWords(
        "Märkta som undvikbara, i princip förebyggbara, faktiskt undvikna vårddygn",
        "",
        "Tre olika storheter. Märkta som undvikbara: dygn som registrens regler märker. I princip förebyggbara: dygn "
        "i oplanerade vårdtillfällen där ett mobilt team, eller mindre, hade räckt om kontakten varit omedelbar; det "
        "vet bara modellen, och dygn då andra patienter väntar som utskrivningsklara ingår inte. Faktiskt undvikna: "
        "den parvisa skillnaden i alla vårddygn mellan de två styrningarna.",
    ),
    "difference-by-group": FigureWords(
        "Skillnad i vårddygn per LHC-grupp, behovssegment och kommun",
        "",
        "Den andra styrningen minus den första, samma personer. Den högra panelen delar varje rad med dess "
        "medelvärde i den första styrningen; strecken rymmer slumpen även i det medelvärdet. Intervallen gäller en "
        "rad i taget: av tjugo rader utan någon verklig skillnad kan en väntas missa noll. Grupp och segment är de "
        "som personen hörde till när vårdtillfället började.",
    ),
    "labelled-by-month": FigureWords(
        "Vårddygn märkta som undvikbara, månad för månad",
        "",
        "Per 1 000 invånare i livet under månaden. En månad är en tolftedel av 365 dygn; den första börjar när "
        "styrningen byts. Banden är 95 % konfidensintervall. Överst de för varje styrning för sig: eftersom personerna "
        "är desamma kan de överlappa även när den parvisa skillnaden, nederst, är tydlig.",
    ),
    "waits": FigureWords(
        "Väntetider och tillgänglighet",
        "",
        "Medelvärden över alla som fick vård. Skalorna skiljer sig mellan panelerna. Intervallen gäller varje "
        "styrning för sig, och är kapade vid noll och vid 100 %.",
    ),
    "utilisation": FigureWords(
        "Nyttjandegrad per verksamhet",
        "",
        "Hur stor del av den öppna kapaciteten som är i bruk, över alla timmar som verksamheten har öppet. Över 100 % "
        "betyder att arbetet fortsätter efter stängning eller efter en neddragning. Verksamheter utan kapacitet i "
        "någon av styrningarna är utelämnade.",
    ),
    "pathways": FigureWords(
        "Försämringars väg genom vården",
        "",
        "Försämringar och exacerbationer som upptäcktes under perioden, var och en räknad en gång: vem de mötte först, "
        "hur långt vården utanför avdelning gick, om de ledde till inläggning på sjukhus och vart patienten sedan kom. "
        "Höjderna är antal försämringar, i samma skala; mörka band är de som slutar i en inläggning. Inom parentes "
        "skillnaden mot den första styrningen. Det som inte är över när posterna slutar är pågående.",
    ),
    "occupancy-year": FigureWords(
        "Beläggning över året: i bruk, öppna, väntande",
        "",
        "Glidande medelvärden över sju dygn. Till vänster: personer på platserna, och öppna (bemannade) platser; "
        "överbeläggning räknas som personer men inte som öppna platser, så bruket kan överstiga det öppna. Bandet "
        "rymmer 95 av 100 enskilda dygn mellan replikeringarna. Till höger: väntande, på vårdplats eller korttidsplats "
        "och på akutmottagningen på läkare; och utskrivningsklara som ligger kvar.",
    ),
    "occupancy-week": FigureWords(
        "Beläggning över veckan: i bruk, öppna, väntande",
        "",
        "Medelvärden av periodens alla veckor, timme för timme. Till vänster: personer på platserna, och öppna "
        "(bemannade) platser. Till höger: väntande, på akutmottagningen på läkare; och utskrivningsklara som ligger "
        "kvar.",
    ),
    "visits": FigureWords(
        "Kontakter av varje slag",
        "",
        "Per 1 000 personår för samtliga, på logaritmisk skala: varje steg är tio gånger det förra. Till vänster om "
        "den prickade linjen: inga.",
    ),
    "direct-and-spillover": FigureWords(
        "Total effekt: inskrivna i teamet, och alla andra",
        "",
        "Direkt: personer som var inskrivna i ett mobilt team, följda i båda styrningarna. Spridning: alla andra, "
        "genom styrningens övriga insatser (som trygg hemgång eller utskrivningsplanering) och för att "
        "tillgänglighet, vårdplatser och personal används på annat sätt. De två summerar till den totala effekten.",
    ),
    "costs-by-item": FigureWords(
        "Vem betalar och vem sparar: skillnad i kostnad per betalare och post",
        "",
        "Poster till scenariots priser; de som skiljer mindre än en hundradel av den största står tillsammans. "
        "Bruttokostnad är summan av de poster som ökar, bruttobesparing av dem som minskar. I netto ingår ersättning "
        "för tillgänglighet och det som kommunerna betalar regionen för utskrivningsklara. Team som tillkommer kostar "
        "sina bemannade timmar, oavsett beläggning. Ett vårddygn mindre är sparade pengar bara när vårdplatser stängs "
        "eller används för andra.",
    ),
    "cost": FigureWords(
        "Kostnad per betalare",
        "",
        "Till scenariots genomsnittspriser; team som tillkommer räknas med sina bemannade timmar. Ett vårddygn "
        "mindre är sparade pengar bara när vårdplatser stängs eller används för andra. Det som kommunerna betalar "
        "regionen för patienter som väntar som utskrivningsklara flyttas mellan betalarna och är ingen egen kostnad.",
    ),
    "warm-up": FigureWords(
        "Uppvärmning: från en tom modell till vanlig nivå",
        "",
        "Dygn från tid 0 med nuvarande styrning, ur samma replikeringar som resultatet. Det som ligger före den "
        "streckade linjen mäts inte. Den prickade linjen är där MSER-5 skulle börja mäta, bandet hur långt den flyttas "
        "när en replikering lämnas ute; en panel utan dem har ingenting att bedöma.",
    ),
}
FIGURES_ONE = {
    "three-quantities": FigureWords(
        "Märkta som undvikbara, i princip förebyggbara vårddygn",
        "",
        "Två olika storheter. Märkta som undvikbara: dygn som registrens regler märker. I princip förebyggbara: dygn "
        "i oplanerade vårdtillfällen där ett mobilt team, eller mindre, hade räckt om kontakten varit omedelbar; det "
        "vet bara modellen, och dygn då andra patienter väntar som utskrivningsklara ingår inte. Hur många dygn som "
        "faktiskt kan undvikas kräver en jämförelse av två styrningar.",
    ),
    "labelled-by-month": FigureWords(
        "Vårddygn märkta som undvikbara, månad för månad",
        "",
        "Per 1 000 invånare i livet under månaden. En månad är en tolftedel av 365 dygn. Bandet är 95 % "
        "konfidensintervall.",
    ),
}


def figure(name: str, compared: bool) -> FigureWords:
    """The words of a figure, of a comparison or of a run."""
    return FIGURES[name] if compared or name not in FIGURES_ONE else FIGURES_ONE[name]


FIGURE_NOTE = "{scenario}. Medelvärde av {replications}, {window}."
FIGURE_INTERVALS = " Streck: 95 % konfidensintervall."
FIGURE_BANDS = " Band: 95 % konfidensintervall."
FIGURE_ONE = " En replikering: inget konfidensintervall."
DAYS_AXIS = "Vårddygn på sjukhus under {window}"
DIFFERENCE_AXIS = "Skillnad i {what}\n({last} − {first})"
DIFFERENCES = {"hospital_days": "vårddygn", "cost": "kostnad, mnkr"}
RELATIVE_AXIS = "Relativ skillnad, %"
FEWER_UNDER = "färre, {last}"
MORE_UNDER = "fler, {last}"
INTERVAL_HEAD = "Skillnad (95 % konfidensintervall)"
MONTH = "månad {number}"
MONTH_AXIS = "Månad efter att styrningen byttes"
CHANGE_AXIS = "Skillnad"
LABELLED_AXIS = "Märkta vårddygn per\n1 000 invånare och månad"
OF_DAYS = "{share} av alla vårddygn"
DAYS_TOLD = "{days} dygn, {share}"
HOSPITAL_DAYS_TOLD = "{days} vårddygn"
UTILISATION_AXIS = "I bruk, % av öppen kapacitet"
VISITS_AXIS = "Kontakter per 1 000 personår (logaritmisk skala)"
NO_VISITS = "inga"
COST_AXIS = "Kostnad, mnkr under {window}"

PARTS = {
    "_direct": Term("Direkt: inskrivna"),
    "_spillover": Term("Spridning: övriga"),
    "": Term("Totalt"),
}
SPLIT_OUTCOMES = {
    "hospital_days": "vårddygn",
    "admissions_unplanned": "oplanerade vårdtillfällen",
    "emergency_visits": "akutbesök",
}

WAIT_PANELS = {
    "shares": "Andel, %",
    "minutes": "Minuter, medel",
    "hours": "Timmar, medel",
    "days": "Dygn, medel",
}
WAITS = {
    "phone_share": "Hälsocentralen svarar samma dag",
    "three_day_share": "Medicinsk bedömning inom tre dagar",
    "continuity_share": "Läkaren känner patienten",
    "emergency_under_4h_share": "Akutbesök under 4 timmar",
    "ready_same_day_share": "Lämnar sjukhuset samma dag",
    "wait_emergency_mean": "Läkare på akutmottagning",
    "emergency_time_mean": "Hela akutbesöket",
    "wait_ambulance_mean": "Ambulans framme",
    "wait_first_contact_mean": "Första kontakt vid försämring",
    "wait_gp_visit_mean": "Läkarbesök",
    "wait_gp_home_visit_mean": "Läkarens hembesök",
    "wait_home_nurse_mean": "Sköterska i hemsjukvården",
    "wait_team_nurse_mean": "Mobila teamets sköterska",
    "wait_team_doctor_mean": "Mobila teamets läkare",
    "wait_bed_mean": "Vårdplats på avdelning",
    "wait_planning_mean": "Utskrivningsplanering",
    "wait_home_help_mean": "Start av hemtjänst",
    "wait_short_term_mean": "Korttidsplats",
    "wait_homecoming_mean": "Trygg hemgång",
    "ready_mean_days": "Utskrivningsklar, ett dygn eller mer",
    "wait_enrolment_mean": "Inskrivning i teamet",
    "wait_specialist_mean": "Specialistbesök",
    "wait_day_treatment_mean": "Dagkirurgi och dagsjukvård",
    "wait_rehabilitation_mean": "Rehabilitering",
}
SERVICES = {
    "phone_1177": "1177 på telefon",
    "centre_phone": "Hälsocentralens telefon",
    "centre_nurse": "Sköterska på hälsocentral",
    "gp": "Läkare på hälsocentral",
    "home_nurse": "Hemsjukvård, oplanerat",
    "home_help": "Hemtjänst, starter",
    "planner": "Utskrivningsplanering",
    "short_term": "Korttidsplatser",
    "homecoming": "Trygg hemgång",
    "team_nurse": "Mobila teamets sköterska",
    "team_doctor": "Mobila teamets läkare",
    "place_most_ill": "Teamplatser, mest sjuka",
    "place_failing": "Teamplatser, sviktande",
    "ambulance": "Ambulans",
    "emergency_place": "Platser på akuten",
    "emergency_doctor": "Läkare på akuten",
    "ward_medicine": "Vårdplatser, medicin",
    "ward_surgery": "Vårdplatser, kirurgi",
    "extra_medicine": "Överbeläggning, medicin",
    "extra_surgery": "Överbeläggning, kirurgi",
    "specialist": "Specialistmottagning",
    "day_unit": "Dagkirurgi, dagsjukvård",
    "consult": "Distanskonsultation",
    "monitoring": "Egenmonitorering",
    "attender_team": "Team för mångbesökare",
    "palliative": "Palliativt team",
    "sjukstuga": "Sjukstuga",
    "rehabilitation": "Rehabilitering",
}
VISITS = {
    "phone_centre_calls": "Samtal till hälsocentral",
    "phone_1177_calls": "Samtal till 1177",
    "digital_visits": "Digitala besök",
    "consults": "Distanskonsultationer",
    "alarms": "Larm från egenmonitorering",
    "gp_visits": "Läkarbesök",
    "reviews": "Årskontroller",
    "nurse_visits": "Sköterskebesök",
    "gp_home_visits": "Läkarens hembesök",
    "home_nurse_visits": "Hemsjukvårdsbesök, oplanerade",
    "team_nurse_visits": "Mobila teamets sköterskebesök",
    "team_doctor_visits": "Mobila teamets läkarbesök",
    "proactive_visits": "Proaktiva besök",
    "home_treatments": "Behandlingar i hemmet",
    "palliative_visits": "Palliativa teamets besök",
    "emergency_visits": "Akutbesök",
    "ambulances": "Ambulansuppdrag",
    "admissions_unplanned": "Oplanerade vårdtillfällen",
    "specialist_visits": "Specialistbesök",
    "day_treatments": "Dagkirurgi och dagsjukvård",
    "admissions_planned": "Planerade vårdtillfällen",
    "rehabilitations": "Rehabiliteringsperioder",
    "home_help_starts": "Hemtjänst startad eller utökad",
    "homecoming_periods": "Perioder med trygg hemgång",
    "short_term_moves": "Inflyttningar på korttidsplats",
    "rounds": "Patienter vid rond på korttids",
}
COST_ITEMS = {
    "hospital_days": "Vårddygn på sjukhus",
    "emergency_visits": "Akutbesök",
    "ambulances": "Ambulans",
    "gp_visits": "Läkarbesök, hälsocentral",
    "reviews_doctor": "Årskontroller hos läkare",
    "rounds": "Läkarronder på korttids",
    "nurse_visits": "Sköterskebesök, hälsocentral",
    "reviews_nurse": "Årskontroller hos sköterska",
    "rehabilitations": "Rehabilitering",
    "phone_1177_calls": "Samtal till 1177",
    "phone_centre_calls": "Samtal till hälsocentral",
    "digital_visits": "Digitala besök",
    "gp_home_visits": "Läkares hembesök",
    "specialist_visits": "Specialistbesök",
    "day_treatments": "Dagkirurgi och dagsjukvård",
    "home_nurse_visits": "Hemsjukvårdsbesök, oplanerade",
    "short_term_days": "Dygn på korttidsplats",
    "home_help_hours": "Hemtjänst",
    "special_housing_days": "Dygn i särskilt boende",
    "homecoming_days": "Trygg hemgång",
    "capacity_hours_team_doctor": "Mobilt team, läkare",
    "capacity_hours_team_nurse": "Mobilt team, sköterskor",
    "capacity_hours_palliative": "Palliativt team",
    "capacity_hours_monitoring": "Egenmonitorering",
    "capacity_hours_attender_team": "Team för mångbesökare",
    "capacity_hours_consult": "Distanskonsultation",
    "other": "Övriga poster tillsammans",
    "gross_cost": "Bruttokostnad: poster som ökar",
    "gross_saving": "Bruttobesparing: poster som minskar",
    "own": "Summa egna poster",
    "access_payment_sek": "Ersättning för tillgänglighet",
    "ready_payment_sek": "Kommunernas betalning för utskrivningsklara",
    "net": "Netto",
}
COST_PAYERS = {"region": Term("Region"), "municipality": Term("Kommuner")}
COST_ITEM_AXIS = "Skillnad i kostnad, mnkr under {window}\n({last} − {first})"
COST_SAYS = {
    "region": (
        "Regionen betalar {more} miljoner kronor mer för vissa poster och {less} mindre för andra; netto {net} "
        "miljoner kronor ({interval}) under {window}: {verdict}."
    ),
    "municipality": (
        "Kommunerna tillsammans betalar {more} miljoner kronor mer för vissa poster och {less} mindre för "
        "andra; netto {net} miljoner kronor ({interval}): {verdict}."
    ),
}
COST_VERDICTS = {"lower": "en besparing", "higher": "en kostnad", "unclear": "kan inte skiljas från ingen förändring"}
COST_LEAD = (
    "Skillnader i miljoner kronor (mnkr) under {window}, {last} minus {first}, till scenariots priser. Året är det som "
    "prisets källa anger, om den anger något; priserna är inte omräknade till ett annat år. Region och kommuner läggs "
    "aldrig ihop här: det kommunerna betalar för utskrivningsklara är en intäkt för regionen."
)
COST_HEADS = ("post", "pris, kr", "källa", "år")
COST_ROWS = {
    "cost_region_sek": Term("Region"),
    "cost_municipality_sek": Term("Kommuner"),
    "cost_total_sek": Term("Tillsammans"),
    "ready_payment_sek": Term("Betalt för utskrivningsklara"),
}

WAY_COLOURS = {"home": "utan inläggning på sjukhus", "admitted": "inlagda på sjukhus"}
WAYS_UNIT = "Tal: försämringar under {window}; inom parentes hur många fler än med den första styrningen."
WAYS = {
    "noticed": ("upptäckt", {"noticed": "Försämring\nupptäckt"}),
    "first": (
        "första kontakt",
        {
            "phone_1177": "1177 på telefon",
            "health_centre": "Hälsocentral",
            "home_nursing": "Hemsjukvård",
            "team": "Mobilt team",
            "other": "Annat team",
            "ambulance": "Ambulans",
            "emergency": "Akutmottagning",
            "nobody": "Ingen",
        },
    ),
    "furthest": (
        "längst nådda öppna vård",
        {
            "nothing": "Ingen",
            "advice": "Råd, ambulans",
            "primary_care": "Primärvård",
            "team": "Mobilt team",
            "emergency": "Akutmottagning",
        },
    ),
    "admission": (
        "inläggning",
        {
            "at_home": "Över, ej inlagda",
            "under_way": "Pågående",
            "died_outside": "Döda, ej inlagda",
            "admitted": "Inlagda",
        },
    ),
    "end": (
        "från sjukhus",
        {
            "home": "Hem",
            "short_term": "Korttidsplats",
            "special_housing": "Särskilt boende",
            "died": "Döda",
            "in_hospital": "Kvar på sjukhus",
        },
    ),
}
PLACE_KINDS = {
    "ward_medicine": Term("Vårdplatser, medicin"),
    "ward_surgery": Term("Vårdplatser, kirurgi"),
    "sjukstuga": Term("Sjukstugeplatser"),
    "emergency": Term("Akutmottagning"),
    "short_term": Term("Korttidsplatser"),
}
OCCUPIED = "I bruk: {governance}"
OPEN_PLACES = "Öppna platser"
WAITING = "Väntande (till höger)"
READY_IN_BED = "Utskrivningsklara (till höger)"
OCCUPANCY_BAND = "95 av 100 enskilda dygn"
PLACES_AXIS = "Platser"
PEOPLE_AXIS = "Personer"
OCCUPANCY_MONTH = "Månader från bytet"
OCCUPANCY_WEEK = "Timme i veckan"
WEEKDAYS = ("mån", "tis", "ons", "tors", "fre", "lör", "sön")
OCCUPANCY_TOLD = (
    "{place}, {governance}: i medeltal {mean} i bruk, {least} till {most}, av {open} öppna, {waiting} väntande"
)

# --- the page -----------------------------------------------------------------------------------------------

PAGE_TITLE = "{title}: {first} och {last} styrning jämförda"
PAGE_TITLE_ONE = "{title}: {first} styrning"
FACTS = {
    "people": Counted("invånare", "invånare"),
    "municipalities": Counted("kommun", "kommuner"),
    "replications": Counted("replikering", "replikeringar"),
    "window": Counted("dygn efter bytet av styrning", "dygn efter bytet av styrning"),
}
SEED = "frö"
CONTENTS = "Innehåll"
FACTS_LINE = "{people} invånare, {replications}, frö {seed}."
NOTE = "Anmärkning: {note}"
HEADINGS = {
    "question": "Frågan",
    "answer": "Svaret",
    "table": "Resultatet i en tabell",
    "figures": "Figurer",
    "groups": "Per grupp, segment och kommun",
    "costs": "Kostnader per betalare",
    "precision": "Precision",
    "warm_up": "Uppvärmning",
    "assumptions": "Antaganden",
    "limits": "Vad detta inte visar",
    "scope": "Utanför modellen",
    "again": "Gör om det",
    "terms": "Begrepp",
}
QUESTION = (
    "Regionen (sjukhus, hälsocentraler) och kommunerna (kommunal hälso- och sjukvård, hemtjänst, korttidsplatser) "
    "delar samma sköra patienter. {today} Hur många vårddygn går att undvika, för vem och genom vad?"
)
TODAY = (
    "Med nuvarande styrning gör varje enhet sin del, och glappen mellan enheterna blir vårddygn; med samordnad "
    "styrning (nära vård) kommer gemensamma team, direkta kontaktvägar och planer gjorda i förväg först."
)
TODAY_OTHER = "Här jämförs scenariots styrningar ”{first}” och ”{last}”."
TODAY_ONE = "Här beskrivs en av scenariots styrningar, ”{first}”, för sig."
ESTIMAND = (
    "Båda styrningarna körs på samma simulerade personer med samma behov, lika fram till bytet. Räknade är vårddygnen "
    "för samtliga under {days} dygn från bytet, vare sig någon nåddes av ett nytt arbetssätt eller inte. Ingen "
    "parameter i modellen anger någon effekt på inläggningar eller vårddygn: skillnader uppstår ur vem som svarar, hur "
    "fort, vad som går att göra i hemmet och hur länge en utskrivningsklar patient väntar."
)
ESTIMAND_ONE = (
    "Räknat är allt under {days} dygn efter ett års uppvärmning och ett år dessförinnan. Ingen parameter i modellen "
    "anger någon effekt på inläggningar eller vårddygn: de uppstår ur vem som svarar, hur fort, vad som går att göra "
    "i hemmet och hur länge en utskrivningsklar patient väntar."
)
SKIPPED = "Utelämnad, eftersom resultatet saknar uppgifter för den: {title}."
BY_GROUP_LEAD = (
    "Varje rad gäller bara vissa personer. Talet är medelvärdet med {first} styrning; under det skillnaden med {last} "
    "styrning, med dess 95 % konfidensintervall för den raden ensam."
)
BY_GROUP_LEAD_ONE = "Varje rad gäller bara vissa personer. Talet är medelvärdet med {first} styrning."
BY_GROUP_HEADS = {
    "hospital_days": "Vårddygn på sjukhus",
    "labelled_days": "Märkta som undvikbara",
    "preventable_days": "I princip förebyggbara",
    "admissions_unplanned": "Oplanerade vårdtillfällen",
    "emergency_visits": "Akutbesök",
    "deaths": "Dödsfall",
}
SOURCES_LEAD = (
    "{assumptions} av {values} angivna värden vilar på enbart ett antagande ({share}); de övriga på källorna nedan. "
    "Varje värde har ett intervall, och ett annat värde kan ge ett annat svar. Namn på parametrar, enheter och källor "
    "står som i scenariot, på engelska."
)
SOURCES_MISSING = (
    "Resultatet bär inte med sig källorna till sina värden. Detta listar varje värde med intervall, enhet och källa:"
)
SOURCES_HEADS = ("källa", "vad den är", "värden", "används för")
ASSUMPTION_HEADS = ("värde för", "värde", "lägst", "högst", "enhet")
ASSUMPTION_SUMMARY = "Alla {count} värden som vilar på enbart ett antagande"
NO_REFERENCE = "i scenariot"
AND_MORE = "{names} och {count} till"
LIMITS = (
    (
        "En del går inte att veta ur register.",
        "Hur ofta människor försämras, hur stor del av försämringarna som når sjukhus, vilken vårdnivå de kräver och "
        "hur fort de förvärras och upptäcks går inte att skilja åt i något register: bara produkten syns, och den "
        "avgör svaret. Resultatet gäller bara så långt som de värden som valts för dem. Variera dem inom sina "
        "intervall före ett beslut.",
    ),
    (
        "Intervallen visar slumpen, inte okunskapen.",
        "95 %-intervallen kommer av att simuleringen upprepas med andra dragningar. De rymmer inte osäkerheten i "
        "parametrarna och inte heller i modellens form.",
    ),
    (
        "Samordning kan också skada, och gör det här.",
        "Behandling i hemmet kan misslyckas; den som behöver sjukhus men hålls kvar hemma blir sämre, med längre "
        "vårdtid och högre risk att dö; proaktiva besök hittar ouppfyllda behov; egenmonitorering larmar i onödan. "
        "Hur ofta är ett antagande.{harm}",
    ),
    (
        "Ingenting sägs om enskilda personer.",
        "Vad en person hade mött i den andra styrningen beror på hur de tvås dragningar hör ihop. Medelvärden och "
        "fördelningar för grupper går att läsa av; ”andelen som hade nytta” gör det inte.",
    ),
    (
        "En märkning är inte en effekt.",
        "Dygn märkta som undvikbara räknas enligt regler. Få av dem försvinner när vården samordnas, och dygn utan "
        "märkning kan också försvinna.",
    ),
    (
        "Direkta effekter och spridningseffekter beskrivs, de förklaras inte.",
        "De inskrivna skiljer sig från andra; skillnaden mellan deras två framtider är en effekt för dem, inte för "
        "vem som helst som kunde ha skrivits in i stället.",
    ),
)
HARM = (
    " Här kom {late} vårdtillfällen sent, efter vård på för låg nivå ({last} styrning; {change} jämfört med {first}), "
    "och {alarms} larm var falska."
)
SCOPE = (
    "Modellen säger ingenting om: nöjdhet, barn- och ungdomspsykiatri och elevhälsa, neonatal hemsjukvård, tandvård, "
    "stöd enligt LSS och det kommunala verksamhetssystemet PRIMO, mottagningar för postcovid, hälsokontroller och "
    "levnadsvaneprogram, journalsystem, utbildning."
)
AGAIN = (
    "Samma scenario, frö och versioner ger samma tabeller, byte för byte. Med scenariofilen till hands (de som följer "
    "med heter shipped:NAMN):"
)
DIGESTS = "Första replikeringens poster har då dessa kontrollsummor:"
NOTES = "Anmärkningar i scenariot"
TERMS_LEAD = "Begreppen så som de används här."
PRINTED = "Narvard {version}"
IN_NUMBERS = "I siffror"
FOLDED = "{what}: se report.html."
ALT_LONG = "Siffrorna står i texten under figuren."
FIGURE = "Figur {number}."
COMMAND = "narvard {verb} {name}.toml --governance {names} --replications {count} --seed {seed} --out {name}"
SOURCES_COMMAND = "narvard sources {name}.toml"
LINKS = {
    "märkta som undvikbara": "labelled",
    "i princip förebyggbara": "preventable",
    "faktiskt undvikna": "avoided",
    "undveks faktiskt": "avoided",
    "dygn på sjukhus": "hospital-day",
    "vårddygnen": "hospital-day",
    "vårddygn": "hospital-day",
    "spridningseffekter": "direct",
    "spridning": "direct",
    "95 % konfidensintervall": "interval",
    "replikeringarna": "replication",
    "replikeringar": "replication",
    "lhc-grupp": "groups",
    "behovssegment": "segments",
    "samordnad styrning": "coordinated",
    "undvikbar slutenvård": "acs",
    "utskrivningsklara": "ready",
    "utskrivningsklar": "ready",
}
LINK_END = ""
STRATA = {
    "_65": Term("65 år och äldre"),
    "_80": Term("80 år och äldre"),
    "_direct": Term("Inskrivna i ett mobilt team"),
    "_spillover": Term("Aldrig inskrivna"),
}
STRATA_HEAD = Term("Ålder och inskrivning")

TERMS = {
    "hospital-day": Term("Vårddygn"),
    "spell": Term("Vårdtillfälle"),
    "labelled": Term("Märkt som undvikbart"),
    "preventable": Term("I princip förebyggbart"),
    "avoided": Term("Faktiskt undviket"),
    "ready": Term("Utskrivningsklar"),
    "acs": Term("Undvikbar slutenvård"),
    "groups": Term("LHC-grupper"),
    "segments": Term("Behovssegment"),
    "governance": Term("Styrning"),
    "coordinated": Term("Samordnad styrning (nära vård)"),
    "direct": Term("Direkt effekt och spridningseffekt"),
    "interval": Term("95 % konfidensintervall (KI)"),
    "replication": Term("Replikering"),
}
MEANINGS = {
    "hospital-day": "24 timmar på sjukhus, exakt räknat: från beslutet om inläggning, väntan på vårdplats inräknad, "
    "tills personen lämnar sjukhuset eller dör. Korttidsplatser och särskilt boende är aldrig vårddygn.",
    "spell": "Sammanhängande sjukhusvård; överflyttningar räknas ihop. Enbart ett besök på akutmottagningen är inget "
    "vårdtillfälle.",
    "labelled": "Klass 1 till 4 i den uteslutande indelningen: utskrivningsklar; oplanerat inom 30 dygn efter en "
    "utskrivning; oplanerat med en diagnos för undvikbar slutenvård; oplanerat och under 48 timmar.",
    "preventable": "Dygn i oplanerade vårdtillfällen där den nödvändiga vårdnivån är mobilt team eller lägre, som om "
    "kontakten varit omedelbar. Det vet bara modellen: en övre gräns.",
    "avoided": "Vårddygn med den första styrningen minus dem med den andra, för samma personer.",
    "ready": "Medicinskt färdigbehandlad men kvar på sjukhuset i väntan på hemtjänst, korttidsplats eller planering.",
    "acs": "Tillstånd där god vård utanför sjukhus ofta kan förebygga en inläggning.",
    "groups": "Fyra slags behov: enkla, komplicerade (botbara, flera enheter), kroniska (varaktiga, en enhet) och "
    "multisjuka (varaktiga, flera enheter). De beskriver behov; de är inte till för att sortera människor.",
    "segments": "Av personer 65 år och äldre: de mest sjuka 5 %, de periodvis sviktande 10 %, riskgrupperna 10 %. "
    "Övriga: alla andra, i alla åldrar.",
    "governance": "En namngiven uppsättning insatser: vilka team som finns, vem som kan ringa vem, vem som planerar "
    "vad, och när.",
    "coordinated": "Gemensamma team, direkta kontaktvägar och planer gjorda i förväg, över gränsen mellan region och "
    "kommun.",
    "direct": "Direkt: personer inskrivna i ett mobilt team. Spridning: alla andra.",
    "interval": "Gjort så att 95 av 100 sådana försök skulle rymma det sanna medelvärdet i sitt intervall, givet "
    "antagandena.",
    "replication": "En körning av alla styrningar med egna personer och dragningar.",
}

# --- precision and warm-up ----------------------------------------------------------------------------------

SERIES = {series.name: Term(series.swedish[:1].upper() + series.swedish[1:]) for series in DAILY_SERIES}
WARM_UP_VERDICTS = {
    "unsettled": "inte inställd",
    "drifts": "glider",
    "longer": "för kort",
    "uncertain": "osäker",
    "pre-period": "föreperioden",
    "covered": "täckt",
    "no verdict": "inget att bedöma",
}
WARM_UP_AXIS = "Dygn från tid 0"
WARM_UP_LEGEND = (
    "Veckomedelvärden",
    "Welchs glidande medelvärde, 35 dygn",
    "Scenariots uppvärmning",
    "MSER-5, utan säsong",
)
WARM_UPS = {
    "unsettled": (
        "Inte inställda, eller för korta för att avgöra: {names}. Den punkt från vilken MSER-5 skulle mäta ligger i "
        "den andra hälften av {all_days} dygn."
    ),
    "drifts": (
        "Glider från näst sista året till det sista, mer än av slump: {names}. Intervallen gäller tillsammans, för "
        "alla {all} serier, med 95 %."
    ),
    "longer": (
        "Tiden före T0 (dygn {starts}) är för kort för {names}: MSER-5 skulle mäta från dygn {last}. Gör "
        "time.warm_up_days längre."
    ),
    "uncertain": "Osäkert: {names}. Att lämna ute {left_out} ändrar utslaget.",
    "pre-period": (
        "För {names} skulle MSER-5 mäta från dygn {last} som senast: efter uppvärmningen på {days} dygn, men före T0 "
        "(dygn {starts}), från vilket utfallen mäts."
    ),
    "covered": (
        "Uppvärmningen på {days} dygn når den punkt från vilken MSER-5 skulle mäta i {count} av {all} serier; den "
        "senaste av punkterna är dygn {last} ({latest})."
    ),
    "no verdict": "Ingenting att bedöma: {names}. Ingenting varierar, eller serien är kortare än 50 dygn.",
}
WARM_UP_LEFT_OUT = ("en replikering", "en av {groups} grupper av replikeringar")
WARM_UP_BEFORE = (
    "Alla punkter som MSER-5 hittar ligger före T0 (dygn {starts}), från vilket utfallen mäts; den senaste är dygn "
    "{last} ({latest})."
)
WARM_UP_BEYOND = "Efter T0 (dygn {starts}), från vilket utfallen mäts, hittar MSER-5 sin punkt för {names}."
WARM_UP_WEAK = "Med {replications} är utslagen svaga: så få visar lite av vad slumpen gör med dem."
WARM_UP_SEASON = "Årets säsong och veckans mönster, som MSER skulle ta för en insvängning, har först räknats bort."
WARM_UP_RAW = (
    "Inget helt år är kvar efter uppvärmningen, så säsongen kunde inte räknas bort: läs punkterna med försiktighet."
)
WARM_UP_STEADY = (
    "Glidningen från näst sista året till det sista kan inte skiljas från slumpen i {which}; det bredaste intervallet "
    "är {interval} % ({widest}), där alla seriers intervall gäller tillsammans med 95 %."
)
WARM_UP_STEADY_IN = ("någon serie", "de övriga")
WARM_UP_TABLE = "Varje serie"
WARM_UP_HEADS = (
    "Serie med nuvarande styrning",
    "Medel per dygn, efter uppvärmningen",
    "MSER-5, dygn (en replikering lämnad ute)",
    "Med säsong, dygn",
    "Utslag",
    "Sista året mot året före, % (95 % för alla serier tillsammans)",
)
WARM_UP_POINT = "MSER-5 vid dygn {days}"
DAY_TOLD = "dygn {day}"

PRECISION_OF = {"difference": "skillnaden", "level": "medelvärdet"}
PRECISION_COUNT = "{replications}, så många som begärdes."
PRECISION_REASONS = {
    "reached": (
        "{replications}: tillagda tills halva 95 %-intervallet var högst {share} av {of} i {outcomes}, och förblev så "
        "genom ytterligare {ahead} (fler över 100)."
    ),
    "cap": (
        "{replications}, det högsta som tilläts ({most}): halva 95 %-intervallet skulle vara högst {share} av {of} i "
        "{outcomes}, vilket inte nåddes, eller inte bestod, i {missed}."
    ),
    "not given": (
        "{replications}: halva 95 %-intervallet är högst {share} av {of} överallt där det kan vara det. I ingen av "
        "dem mättes något av {never}."
    ),
}
PRECISION_HALF = "{name}: {of} är {value} ± {half} {unit}{share}."
PRECISION_SHARE = ", det vill säga ± {share}"
PRECISION_UNKNOWN = "{name}: inget intervall."
PRECISION_HEADS = (
    "Utfall",
    "Enhet",
    "Värde",
    "Halva 95 %-intervallet",
    "Av värdet",
    "Nått vid replikering",
)
PAIRING = (
    "Samma personer, med samma dolda behov, lever i båda styrningarna, vilket sparar replikeringar: efter kvoten av "
    "varianserna skulle två oberoende grupper av körningar behöva {ratios}."
)
PAIRING_RATIO = "ungefär {ratio} gånger (95 % konfidensintervall {low} till {high}) så många för {name}"
PAIRING_HEAD = "Kvot av varianser: oberoende körningar skulle behöva så många gånger fler (95 % KI)"
STOPPED_BY_RULE = (
    "Regeln, inte en plan, avgjorde antalet replikeringar, så intervallen rymmer sanningen något mer sällan än 95 "
    "gånger av hundra: 91 till 95 gånger där det mättes (docs/experiments.md, Coverage, measured)."
)
EACH_ALONE = "Varje intervall gäller ett utfall för sig; att alla på en gång rymmer sanningen är mindre säkert."

# --- the workbook -------------------------------------------------------------------------------------------

SHEETS = {
    "readme": ("läs mig", "Vad bladen och kolumnerna är."),
    "headline": ("sammanfattning", "Rapportens tabell: medelvärden för samtliga, och den parvisa skillnaden."),
    "outcomes": (
        "utfall",
        "Varje utfall med varje styrning, för samtliga och per grupp, segment, kommun och månad. "
        "Rader med all i de fyra kolumnerna gäller samtliga.",
    ),
    "comparison": ("jämförelse", "Varje utfall med båda styrningarna, och den parvisa skillnaden; rader som i utfall."),
    "replications": ("replikeringar", "En rad per replikering och styrning, för samtliga."),
    "costs": ("kostnader", "Kostnad per betalare och post, till scenariots priser."),
    "flows": ("flöden", "Behov efter sin väg genom vården, per år."),
    "occupancy": ("beläggning", "Platser i bruk, öppna och i kö, dygn för dygn och timme för timme i veckan."),
    "sources": ("källor", "Varje värde i scenariot med intervall, enhet och källa."),
}
HEADLINE_FIRST = ("avsnitt", "utfall", "enhet")
HEADLINE_COLUMNS = ("skillnad", "lägst", "högst", "relativt, %", "utslag")
HEADLINE_MEANINGS = (
    "Den andra styrningen minus den första, medelvärde av de parvisa skillnaderna; för andelar i procentenheter.",
    "Nedre gräns för 95 % konfidensintervall.",
    "Övre gräns för 95 % konfidensintervall.",
    "Skillnaden delad med den första styrningens medelvärde.",
    "lägre eller högre där intervallet utesluter noll, annars osäkert; lika om ingenting skiljer.",
)
LABEL_COLUMN = "benämning"
ABOUT_RESULT = "detta resultat"
ABOUT_COLUMNS = ("blad", "kolumn", "vad det är")
WORKBOOK_FACTS = "{governances}; {replications}, {window}, {people} invånare, frö {seed}."
WORKBOOK_NOTE = (
    "Cellerna har tal med tio siffror, vad som än visas. Andelar är delar av 1, pengar är i kronor och tider i radens "
    "enhet, utom i bladet sammanfattning, där andelar är procent och pengar miljoner kronor (mnkr)."
)
COLUMN_GOVERNANCE = "Medelvärde med styrningen {governance}, över de replikeringar som har båda styrningarna."
OTHER_COLUMNS = "alla övriga"
REPLICATIONS_COLUMNS = "Utfall, med namn och enheter som i bladet utfall."
COLUMNS = {
    "governance": "Styrningen: en namngiven uppsättning insatser.",
    "outcome": "Utfallets namn i registret (docs/outcomes.md).",
    "benämning": "Utfallet i ord.",
    "group": "LHC-grupp; all för samtliga.",
    "segment": "Behovssegment; all för samtliga.",
    "municipality": "Kommun; all för samtliga.",
    "period": "Månad från bytet av styrning; all för hela tiden.",
    "mean": "Medelvärde över replikeringarna.",
    "low": "Nedre gräns för 95 % konfidensintervall.",
    "high": "Övre gräns för 95 % konfidensintervall.",
    "sd": "Standardavvikelse mellan replikeringar.",
    "replications": "Antal replikeringar som har det.",
    "unit": "Enhet för radens tal.",
    "difference": "Den andra styrningen minus den första, medelvärde av de parvisa skillnaderna.",
    "relative": "Skillnaden delad med den första styrningens medelvärde, som del av 1.",
    "relative_low": "Nedre gräns för 95 % konfidensintervall för relative.",
    "relative_high": "Övre gräns för 95 % konfidensintervall för relative.",
    "variance_ratio": "Ungefär hur många gånger fler replikeringar oberoende körningar skulle behöva.",
    "variance_ratio_low": "Nedre gräns för 95 % konfidensintervall för variance_ratio.",
    "variance_ratio_high": "Övre gräns för 95 % konfidensintervall för variance_ratio.",
    "replication": "Replikeringens nummer, från 0.",
    "parameter": "Värdets nyckel i scenariot.",
    "value": "Värdet som användes.",
    "source": "Källans id i evidenstabellen, eller assumption (antagande).",
    "reference": "Vad källan är, om scenariot självt säger det.",
    "note": "Anmärkning vid värdet.",
    "file": "Fil där värdet står.",
    "line": "Rad i filen.",
    "payer": "Vem som betalar: region eller kommun.",
    "item": "Vad som betalas.",
    "price": "Pris i kronor för en enhet, ur scenariot.",
    "price_low": "Lägsta pris som hålls för möjligt.",
    "price_high": "Högsta pris som hålls för möjligt.",
    "price_key": "Prisets nyckel i scenariot.",
    "price_source": "Prisets källa.",
    "price_year": "Penningvärdets år.",
    "stage": "Steg på vägen genom vården.",
    "from": "Varifrån flödet kommer.",
    "to": "Vart det går.",
    "service": "Slag av enhet.",
    "at": "Dygn från bytet av styrning, eller timme i veckan från måndag kl. 00.",
    "occupied": "Platser i bruk, medel.",
    "open": "Öppna (bemannade) platser, medel.",
    "waiting": "Personer som väntar på plats, medel.",
}
