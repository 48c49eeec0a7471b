"""Svenska ord för en plan: the words of ``plan_words`` in Swedish, the same names."""

from __future__ import annotations

from sim.report.words import FigureWords, Term

PAGE_TITLE = "{title}: vilken bemanning ska väljas"
HEADINGS = {
    "frontier": "Vad det kostar och vad det ger",
    "marginal": "En till av varje",
    "bottlenecks": "Flaskhalsar",
    "payers": "Vem betalar och vem sparar",
    "robustness": "Om modellens värden är andra",
    "prices": "Priser",
}
FACTS = {"designs": ("bemanningsalternativ", "bemanningsalternativ"), "runs": ("körning", "körningar")}

# --- namn ---------------------------------------------------------------------------------------------------------

OBJECTIVES = {
    "labelled_days": "vårddygn märkta som undvikbara",
    "hospital_days": "vårddygn på sjukhus",
    "ready_days": "vårddygn som utskrivningsklar",
    "preventable_days": "vårddygn i princip förebyggbara",
}
LEVERS = {
    "mobile_team.doctors": "Mobila teamets läkare",
    "mobile_team.nurses": "Mobila teamets sköterskor",
    "mobile_team.opens_hour": "Mobila teamet öppnar",
    "mobile_team.closes_hour": "Mobila teamet stänger",
    "mobile_team.weekends": "Mobila teamet på helger",
    "mobile_team.caseload_most_ill": "Mest sjuka per teamläkare, högst",
    "mobile_team.caseload_failing": "Sviktande per teamläkare, högst",
    "homecoming.staff": "Trygg hemgång, personal",
    "specialist_support.specialists": "Specialister för distanskonsultation",
    "monitoring.nurses": "Egenmonitorering, sköterskor",
    "attender_team.staff": "Team för mångbesökare, personal",
    "palliative_team.staff": "Palliativt team, personal",
    "rehabilitation.staff": "Rehabilitering, personal",
    "beds.medicine": "Vårdplatser, medicin",
    "beds.surgery": "Vårdplatser, kirurgi",
    "beds.summer_factor": "Vårdplatser öppna på sommaren, andel",
}
COLUMNS_OF_STAFFING = {
    "day": "dagtid",
    "evening": "kväll",
    "night": "natt",
    "weekend_day": "helg, dagtid",
    "weekend_evening": "helg, kväll",
    "day_start": "dagen börjar",
    "day_end": "dagen slutar",
    "evening_end": "kvällen slutar",
    "summer_factor": "öppet på sommaren, andel",
    "absence": "frånvaro, andel",
}
FACTOR = "{service}, faktor"
PLACES = {"surrounding": "kranskommunerna", "all": "överallt", "region": "regionen"}
YES, NO = "ja", "nej"
HOUR_OF_DAY = "{hour}.{minute:02d}"
LEVEL = "{label}: {value}"
STEP = "{label}: {value} till {other}"
OPTIONS = {"usual": "som vanligt"}
WHO = {"region": "Regionen", "all": "Alla tillsammans"}
BASES = {
    "guaranteed for normal differences": "garanterad för normalfördelade skillnader",
    "guaranteed for normal differences as the zone becomes small": "garanterad för normalfördelade skillnader när "
    "zonen blir liten",
    "guaranteed for normal differences; screening for differences that vary alike": "garanterad för "
    "normalfördelade skillnader; gallringen för skillnader som varierar lika",
    "guaranteed for normal differences as the zone becomes small; screening for differences that vary alike": ""
    "garanterad för normalfördelade skillnader när zonen blir liten; gallringen för skillnader som varierar lika",
    "approximate": "ungefärlig",
}
METHODS = {
    "kn": "KN (Kim och Nelson 2001)",
    "kn++": "KN++ (Kim och Nelson 2006)",
    "ocba": "OCBA (Chen m.fl. 2000)",
}

# --- fråga och svar -----------------------------------------------------------------------------------------------

QUESTION = (
    "Vilket av {designs} sätt att bemanna med {governance} styrning lämnar lägst antal {objective}, inom budgeten, och "
    "vad ger nästa team, timme eller vårdplats? Varje alternativ är en kombination av nivåerna nedan."
)
BESIDE = (
    "Undvikna dygn, kostnader och effekter på budget är räknade mot {baseline} styrning, för samma simulerade personer "
    "med samma slump, under {window} efter bytet, som belopp per år."
)
BUDGET = "Budget, mnkr per år utöver utgångsläget: {limits}. {over} alternativ kostar mer och kördes inte."
BUDGET_LIMITS = {
    "region_sek": "regionen högst {sek}",
    "municipalities_sek": "kommunerna högst {sek}",
    "total_sek": "alla tillsammans högst {sek}",
}
NO_BUDGET = "Ingen budget angavs."
LEVELS_HEADS = ("vad som kan väljas", "nivåer", "i scenariot", "valt", "billigast inom zonen")
LEVELS_TITLE = "Vad som kunde väljas, och vad som valdes"
ANSWER = (
    "Av {candidates} sätt att bemanna inom budgeten lämnar detta lägst antal {objective}: {chosen}. Det undviker "
    "{days} ({low} till {high}) per år jämfört med {baseline} styrning, för {cost} mnkr per år i bemanning; med en "
    "sannolikhet på {sure} är inget annat mer än {zone} dygn bättre."
)
SURE = "minst {share}"
ABOUT = "ungefär {share}, vilket inte är vad som begärdes,"
NET = "Med all vård inräknad: regionen {region} per år, kommunerna {municipalities}, alla tillsammans {all}."
PAYS = {True: ("betalar", "betalar"), False: ("sparar", "sparar")}
AMOUNT = "{verb} {sek} mnkr ({low} till {high})"
UNSURE = "{verb} {sek} mnkr (från {low} till {high}, under 0 är sparat)"
CHEAPER = (
    "För {cost} mnkr per år ser detta ut att hålla sig inom {zone} dygn: {chosen}; {behind} ({low} till {high}) dygn "
    "efter. Det är en skattning, inte ett val."
)
CHEAPER_SURE = (
    "För {cost} mnkr per år håller sig detta inom {zone} dygn med hela sitt 95 % konfidensintervall: {chosen}; "
    "{behind} ({low} till {high}) dygn efter."
)
LITTLE = (
    "Efter sina medelvärden ligger {within} av de {run} alternativ som kördes inom {zone} dygn från det valda: bland "
    "dem kan kostnaden avgöra."
)
ROBUST = (
    "Över {sets} parameteruppsättningar som stämmer med det man vet är det valda alternativet bäst av dem som kördes i "
    "{best}, och inom {zone} dygn från det bästa i {within}."
)
BOXES = {
    "days": "Undvikna dygn per år",
    "cost": "Bemanning, mnkr per år",
    "sure": "Sannolikhet för rätt val",
    "net": "Netto, region och kommuner, mnkr per år",
}
BOX_DAYS = "{objective}; 95 % konfidensintervall: {interval}"
BOX_COST = "utöver utgångsläget; {each} kr per undviket dygn"
BOX_SURE = "{basis}; likgiltighetszon {zone} dygn"
BOX_NET = "all vård inräknad, under 0 är sparat; 95 % konfidensintervall: {interval}"

# --- figurer ------------------------------------------------------------------------------------------------------

FIGURES = {
    "frontier": FigureWords(
        "Undvikna vårddygn och vad bemanningen kostar",
        "",
        "Varje prick är ett sätt att bemanna, placerat efter sin parvisa skillnad mot det valda. På fronten ligger de "
        "som inget annat slår: som kostar högst lika mycket och undviker lika många dygn.",
    ),
    "marginal": FigureWords(
        "Vad en enhet till ger",
        "",
        "En enhet mer av en sak, allt annat som det var; en mindre där det inte finns mer. Kring det valda "
        "alternativet, och kring referensen, som har scenariots egna värden.",
    ),
    "bottlenecks": FigureWords(
        "Flaskhalsar, och vad det ger att lätta på dem",
        "",
        "Verksamheter som människor väntar på med det valda alternativet. Långa köer är inte alltid flaskhalsar: till "
        "höger syns om mer av verksamheten skulle ge färre dygn.",
    ),
    "budget": FigureWords(
        "Vem betalar och vem sparar",
        "",
        "Det valda alternativets nettoeffekt på budgeten: all vård räknad till priserna nedan, mot utgångsläget.",
    ),
    "robustness": FigureWords(
        "Det valda alternativet och dess rivaler med varje parameteruppsättning",
        "",
        "Varje prick är en uppsättning parametrar som stämmer med det man vet, i en replikering; slumpen är alltså "
        "också med. Till höger samma uppsättningar som skillnader mot det valda alternativet.",
    ),
}
LEGEND_FRONTIER = ("övriga", "fronten", "valt", "referens")
PLACED = "Mot {baseline} styrning: parvisa skillnader, {counts} av varje alternativ."
COUNTS = "{least} till {most} replikeringar"
WHISKERS = (
    "Streck: 95 % konfidensintervall; för det valda mot utgångsläget, för fronten och referensen mot det valda; "
    "avklippta vid kanten. Band: inom {zone} dygn från det valda."
)
STAFF_AXIS = "Bemanning utöver {baseline} styrning, mnkr per år"
FEWER_AXIS = "Färre {objective} per år"
MORE_FEWER_AXIS = "Färre {objective} per år\nän utan steget"
PAIRED = "Parvisa skillnader. {filled}"
FILLED = "Streck: 95 % konfidensintervall. Fylld: intervallet utesluter noll."
BESIDE_BARS = "Till höger: mnkr per år för bemanning, och kronor per dygn där det är känt att dygnen skiljer."
AROUND = {"selected": "Kring det valda alternativet", "reference": "Kring referensen"}
NO_PRICE = "inget pris"
EACH_DAY = "{sek}/dygn"
NOT_TRIED = "ej prövat"
RELIEF = "Lättnad: {share} mer av verksamheten, överallt. {filled}"
USED_AXIS = "Använd tid, % av\ntid i tjänst"
WAITED_AXIS = "Timmars väntan per år,\ntusental"
RELIEVED_AXIS = "Fler undvikna dygn per år,\nmed lättnad"
COUNTED = "All vård räknad till scenariots priser, mot {baseline} styrning. {filled}"
BESIDE_BUDGET = "Till höger: därav bemanning, vårdplatser och andra platser, använda eller inte, mnkr per år."
NET_AXIS = "Nettoeffekt på budget, mnkr per år: sparat till vänster, betalat till höger"
SETS = "{sets} parameteruppsättningar, en replikering av varje. Stapel: från 10:e till 90:e av 100; linje: medianen."
DIFFERENCE_AXIS = "Undvikna dygn utöver det\nvalda alternativet, per år"
BAND_ZONE = "Skuggat: inom likgiltighetszonen på {zone} dygn."
DESIGN = "Alternativ {number}"
SELECTED, REFERENCE = "valt", "referens"

# --- tabeller -----------------------------------------------------------------------------------------------------

FRONTIER_LEAD = (
    "Bemanningens kostnad är känd från kalendern: timmar i tjänst till sina priser, använda eller inte. Somliga "
    "alternativ kördes i fler replikeringar än andra, så vart och ett står vid det valdas dygn minus deras parvisa "
    "skillnad, med dess 95 % konfidensintervall bredvid; under det valdas dygn står deras eget. Hur säkert vart och "
    "ett ligger på fronten är en andel av dragningar av alla medelvärden. Intervallen gäller en rad i taget."
)
FRONTIER_TITLE = "Den effektiva fronten"
WAY = "alternativ"
COST, DAYS, BEHIND, SURELY = "bemanning, mnkr per år", "undvikna dygn per år", "dygn efter det valda", "säkert på den"
NET_HEADS = ("netto, regionen, mnkr", "netto, kommunerna, mnkr")
REPLICATIONS = "replikeringar"
ALL_DESIGNS = "Alla {count} alternativ som kördes, och referensen"
MORE_SERVICES = "{count} verksamheter till, med kortare köer, står i bottlenecks.csv."
OVER_BUDGET = "{count} till kostar mer än budgeten; de står i plan.csv med sina kostnader."
MARGINAL_HEADS = (
    *("steg", "fler undvikna dygn per år", "95 % konfidensintervall", "bemanning, mnkr per år", "kronor per dygn"),
)
MARGINAL_LEAD = "Steg vars intervall utesluter noll har känd betydelse; om de andra vet man bara spannet."
NO_MARGINAL = "Det finns ingen enhet att lägga till."
BOTTLENECK_HEADS = (
    *("verksamhet", "använd tid, %", "timmars väntan per år", "timmar var", "fler undvikna dygn per år, med lättnad"),
    *("95 % konfidensintervall", "mnkr per år"),
)
NO_BOTTLENECKS = "Ingen väntade på någon verksamhet."
PAYER_HEADS = ("betalare", "bemanning, mnkr per år", "netto, mnkr per år", "95 % konfidensintervall", "utslag")
PAYER_LEAD = (
    "Netto under 0 är sparat. Vad kommunerna betalar för utskrivningsklara patienter betalas av dem och tas emot av "
    "regionen. Vårdplatser och besök prissätts här efter användning, team efter timmar i tjänst."
)
VERDICTS = {"pays": "betalar", "saves": "sparar", "unclear": "osäkert"}
ROBUST_HEADS = (
    *("alternativ", "undvikna dygn per år, median", "10:e till 90:e av 100", "bäst i", "inom zonen från det bästa i"),
)
NO_ROBUSTNESS = (
    "Inte körd: svaret gäller en uppsättning parametervärden. Lägg till --ensemble för att köra det valda alternativet "
    "och dess rivaler med varje uppsättning som stämmer med det man vet."
)
PRICES_LEAD = "Priserna som scenariot anger dem, med det år och den källa som vart och ett vilar på."
PRICES_HEADS = ("pris", "värde, kronor", "möjligt intervall", "år", "källa")
STATED_PRICES = "Planen anger själv, kronor per timme: {prices}."
NOT_PRICED = "Annorlunda bemannat än i utgångsläget men utan pris, så inte med i kostnaden: {services}."
RULE = (
    "Valt med {method}; begärd sannolikhet {probability}, likgiltighetszon {zone} dygn: en mindre skillnad spelar "
    "ingen roll. {survivors} av {candidates} alternativ var kvar efter gallringen."
)
LIMITS = (
    (
        "Bäst i modellen.",
        "Om personalen går att hitta, och om ett så stort team arbetar som antaget, ingår inte. Det första året efter "
        "bytet visas, med den tid det tar att fylla teamen.",
    ),
    (
        "Intervallen visar slump, inte okunskap.",
        "De kommer av andra dragningar i samma modell. Hur svaret rör sig med parametrarna visas bara av en körning "
        "över ensemblen (--ensemble), och modellens form finns inte i något intervall.",
    ),
    (
        "Bara de uppräknade alternativen jämfördes.",
        "En nivå som inte finns i planen kan vara bättre. Det valda är bäst av dessa, inom zonen.",
    ),
    (
        "Målet väger inte skada.",
        "Dödsfall, väntan och beläggning med det valda alternativet finns inte på denna sida: lägg dess värden i ett "
        "scenario och kör narvard compare.",
    ),
    (
        "Två slags pengar.",
        "Bemanningens kostnad är vad som måste betalas; nettoeffekten räknar vårdplatser och besök som inte används "
        "till fullt pris. En tom vårdplats är sparad först när den stängs.",
    ),
    (
        "En märkning är ingen effekt.",
        "Dygn märkta som undvikbara räknas efter regel; dygn utan märkning kan också försvinna.",
    ),
)
COMMAND = (
    "narvard plan {name}.toml --method {method} --zone-days {zone} --probability {probability}{ensemble} --seed {seed} "
    "--out {name}"
)

TERMS = {
    "zone": Term("Likgiltighetszon"),
    "correct": Term("Sannolikhet för rätt val"),
    "frontier": Term("Effektiv front"),
    "marginal": Term("Marginalvärde"),
    "bottleneck": Term("Flaskhals"),
    "net": Term("Nettoeffekt på budget"),
    "set": Term("Parameteruppsättning"),
}
MEANINGS = {
    "zone": "Den största skillnad i dygn per år som inte spelar någon roll för den som väljer.",
    "correct": "Hur säkert inget alternativ inom budgeten är mer än likgiltighetszonen bättre än det valda.",
    "frontier": "De alternativ som inget annat slår: som kostar högst lika mycket och undviker lika många dygn.",
    "marginal": "Undvikna dygn, och kronor, av en enhet till av en sak.",
    "bottleneck": "En verksamhet vars brist hindrar att dygn undviks.",
    "net": "Vad en betalare betalar mer än i utgångsläget när all vård är inräknad; under 0 är sparat.",
    "set": "Värden på de osäkra parametrarna som tillsammans stämmer med det man vet om regionen.",
}

# --- arbetsboken --------------------------------------------------------------------------------------------------

SHEETS = {
    "readme": ("läs mig", "Vad bladen och kolumnerna är."),
    "answer": ("svar", "Svaret i ord."),
    "plan": ("alternativ", "Varje sätt att bemanna: nivåer, kostnad, undvikna dygn och nettoeffekt på budget."),
    "marginal": ("marginalvärden", "En enhet till av varje variabel."),
    "bottlenecks": ("flaskhalsar", "Verksamheter som människor väntar på, och vad det ger att lätta på dem."),
    "budget": ("betalare", "Vem som betalar och vem som sparar."),
    "robustness": ("robusthet", "Undvikna dygn per år av det valda, rivalerna och referensen, per uppsättning."),
    "sources": ("källor", "Varje värde i scenariot med intervall, enhet och källa."),
}
ANSWER_COLUMN = "svar"
WORKBOOK_FACTS = "{designs} sätt att bemanna, {window}, {people} invånare, frö {seed}."
WORKBOOK_NOTE = "Dygn, timmar och kronor är per år; jämfört med utgångsläget om inget annat sägs."
COLUMN_VARIABLE = "Nivå: {label}."
COLUMN_DESIGN = "Undvikna dygn per år med detta alternativ."
COLUMNS = {
    "design": "Alternativets nummer, från 0.",
    "cost_sek": "Bemanning, kronor per år mer än utgångsläget.",
    "cost_region_sek": "Därav regionen.",
    "cost_municipalities_sek": "Därav kommunerna.",
    "within_budget": "Om det ryms i budgeten; de andra kördes inte.",
    "avoidable_days": "Målet med alternativet, dygn per år.",
    "days_avoided": "Färre dygn av målet än i utgångsläget, per år.",
    "days_behind_selected": "Färre undvikna dygn än det valda, parvis.",
    "hospital_days_avoided": "Färre vårddygn på sjukhus än i utgångsläget, per år.",
    "net_region_sek": "Regionens nettoeffekt på budget, kronor per år; under 0 är sparat.",
    "net_municipalities_sek": "Kommunernas nettoeffekt på budget, kronor per år; under 0 är sparat.",
    "selected": "Om det valdes.",
    "on_frontier": "Om inget annat kostar högst lika mycket och undviker lika många dygn.",
    "frontier_share": "Hur säkert det gäller: en andel av dragningar av alla medelvärden.",
    "probability_of_correct_selection": "För det valda.",
    "replications": "Replikeringar som det kördes i.",
    "left_out_after": "Efter hur många replikeringar det gallrades bort; tomt om det var kvar.",
    "around": "Från vilket alternativ steget tas.",
    "variable": "Vad som ändras.",
    "unit": "Enhet för värdena.",
    "value": "Värdet före.",
    "other": "Värdet efter.",
    "sek_per_day": "Kronor per undviket dygn, där det är känt att dygnen skiljer.",
    "rank": "Efter undvikna dygn med lättnad, sedan efter timmars väntan.",
    "service": "Slags enhet.",
    "utilisation": "Använd tid som andel av tid i tjänst.",
    "queue_hours": "Timmar som människor väntar, per år.",
    "wait_hours": "Timmars väntan per förfrågan.",
    "relieved_share": "Hur mycket mer det fanns av den, med lättnad.",
    "payer": "Vem som betalar: regionen, en kommun eller alla.",
    "staff_sek": "Bemanning, vårdplatser och andra platser, använda eller inte, kronor per år.",
    "net_sek": "Nettoeffekt på budget, kronor per år; under 0 är sparat.",
    "set": "Parameteruppsättningens nummer, från 0.",
}
EITHER_END = {
    "_low": "Nedre gräns för 95 % konfidensintervall för {name}.",
    "_high": "Övre gräns för 95 % konfidensintervall för {name}.",
}

# --- terminalen ---------------------------------------------------------------------------------------------------

SHOWN_TITLE = "Den effektiva fronten: bemanningens kostnad (mnkr per år) mot undvikna dygn per år"
SHOWN_HEADS = ("kostnad", "undvikna dygn", "efter det valda", "säkert")
