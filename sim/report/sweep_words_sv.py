"""Svenska ord för ett svep: the words of ``sweep_words`` in Swedish, the same names."""

from __future__ import annotations

from sim.report import words_sv
from sim.report.words import Term

EFFECTS = Term("{what}: huvudeffekt av det som varierades", "")
MAP = Term("{what}: båda nycklarna tillsammans", "")
SCATTER = Term("{what}: punkt för punkt", "")
RANKS = Term("{what}: rangkorrelation med det som varierades", "")
TORNADO = Term("{what}: vad som betyder mest", "")
TORNADO_ENDS = ("vid det minsta värdet", "vid det största värdet")
TORNADO_OWN = "Linje: scenariots egna värden. Staplar: medelvärden över punkterna med värdet bredvid."
TORNADO_MEAN = "Linje: medelvärdet av alla punkter. Staplar: medelvärden över punkterna med värdet bredvid."
DIFFERENCE = "Skillnad, {unit}\n({last} − {first})"
DIFFERENCE_ALONE = "skillnaden"
EACH = "Varje styrning"
RANK_AXIS = "Rangkorrelation med {of}"
SPEARMAN = "Spearmans"
PARTIAL = "partiell: utan det som de andra nycklarna förklarar"
SCENARIO = "scenariots värde"
RHO = "ρ = {rho}"
RHO_PARTIAL = "{rho}\npartiell {partial}"
NO_RHO = "ingen korrelation: lika värden, eller få"
POINTS = "{points} punkter."
WHISKERS = {
    "replications": "Strecken gäller varje medelvärde för sig, inte ändringen från ett värde till nästa.",
    "points and replications": "Strecken rymmer också spridningen över punkter, då de skiljer sig i andra nycklar.",
    None: "Inga streck, eftersom punkter i en tabell skiljer sig i de andra nycklarna också, och inte av slump.",
}
OF_POINTS = "Ändringar mellan punkter har egna intervall i sweep.csv."
RHO_OVER_POINTS = "Intervallet för ρ är över punkter; det finns inget för färre än 8."
RANKS_OVER_POINTS = (
    "Streck: 95 % konfidensintervall över punkter; inget för färre än 8 punkter, eller för alla i en ordning."
)
FILLED_DIFFERENCE = (
    "Skillnad: fylld där intervallet utesluter 0; ihålig där det inte gör det, eller där det inte finns något."
)
FILLED = "Fylld: intervallet utesluter 0. Ihålig: det gör det inte, eller det finns inget."
HEADS = ("punkt", "medelvärde", "95 % konfidensintervall", "enhet")
CHANGE_HEADS = ("ändring från punkt {point}", "95 % konfidensintervall")
REFERENCE = "referens"
CHANGES = "ändring från punkt {point}, {which}: parvis; {count} sådana ändringar, var och en med eget intervall"
OWN, FIRST = "scenariots egna värden", "den första av punkterna"
NOWHERE = "Ingen punkt har detta utfall: inget sådant inträffade, så det finns ingen figur över det."
MORE_POINTS = "och {count} punkter till i sweep.csv"
TOGETHER = "{first} och {second} går ihop i denna plan (rangkorrelation {rho}): deras effekter är svåra att skilja åt"

OUTCOME = {
    **{name: term.text for name, term in words_sv.CLASSES.items()},
    "labelled_days": "Vårddygn märkta som undvikbara",
    "preventable_days": "Vårddygn i princip förebyggbara",
    "cost_region_sek": "Kostnad för regionen",
    "cost_municipality_sek": "Kostnad för kommunerna",
    "cost_total_sek": "Kostnad för region och kommuner",
}
