"""The report of a plan (planens rapport): figures, and one page for a board that needs nothing else."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from sim.outcomes.cost import READY_DAY
from sim.report import html, pdf, plans, sources
from sim.report.canvas import QUANTITY_COLOURS
from sim.report.language import LANGUAGES, plan_words, spoken, words
from sim.report.numbers import between, number, per_cent
from sim.report.payers import priced, reference_of, year_of
from sim.report.plan_answer import millions, of, sentences, verdict
from sim.report.planned import MILLION, REFERENCE, PlanResult, Row, estimate_in, read, service_name
from sim.report.words import Term
from sim.runs.durable import put

PAGE, PRINTED = "report.html", "report.pdf"
PRICES = "prices."
FIGURE = "figure-"
"""Before the name of a figure, in its place on the page: sections have the names themselves."""


def write(folder: Path, *, language: str = LANGUAGES[0]) -> list[Path]:
    """Write figures and the report into the folder of a plan (skriv planens rapport).

    Parameters
    ----------
    folder
        With ``plan.json`` and its tables.
    language
        Of the report and its figures, one of ``language.LANGUAGES``.

    Returns
    -------
    list of Path
        ``figures/*.png``, ``figures/*.svg`` and ``report.html``; the same bytes for the same files and versions.

    Raises
    ------
    OSError
        If a file cannot be read or written.
    """
    with spoken(language):
        plan = read(folder)
        files = plans.write(plan, folder)
        drawings = {path.stem: path.read_bytes() for path in files if path.suffix == ".svg"}
        return [*files, put(folder / PAGE, page(plan, drawings))]


def write_pdf(folder: Path, *, language: str = LANGUAGES[0]) -> Path:
    """Write ``report.pdf`` into the folder of a plan, with the figures as vectors; returns the file.

    Raises
    ------
    OSError
        If a file cannot be read or written.
    """
    with spoken(language):
        plan = read(folder)
        figures = plans.figures(plan)
        drawn = {FIGURE + name: pdf.drawn(figure) for name, figure in figures.items()}
        return pdf.write_pdf(page(plan, dict.fromkeys(figures, b"")), drawn, folder / PRINTED)


def page(plan: PlanResult, drawings: dict[str, bytes]) -> str:
    """The page.

    Parameters
    ----------
    plan
        What is told.
    drawings
        SVG by name of the figure.
    """
    figure = _Figures(drawings)
    parts = {
        "question": _question(plan),
        "answer": _answer(plan),
        "frontier": figure("frontier") + _frontier(plan),
        "marginal": figure("marginal") + _marginal(plan),
        "bottlenecks": figure("bottlenecks") + _bottlenecks(plan),
        "payers": figure("budget") + _payers(plan),
        "robustness": figure("robustness") + _robustness(plan),
        **({"prices": _prices(plan)} if _price_rows(plan) else {}),
        "assumptions": sources.section(plan.sources, str(plan.about["name"])),
        "limits": "".join(f"<h3>{escape(title)}</h3>{html.paragraph(text)}" for title, text in plan_words.LIMITS),
        "again": _again(plan),
    }
    linked = set(re.findall(r'href="#term-([\w-]+)"', "".join(parts.values())))
    terms = plan_words.TERMS | {key: term for key, term in words.TERMS.items() if key in linked}
    parts["terms"] = html.definitions(terms, {**words.MEANINGS, **plan_words.MEANINGS})
    title = plan_words.PAGE_TITLE.format(title=plan.title)
    return html.report(title, _facts(plan), parts, {**words.HEADINGS, **plan_words.HEADINGS})


class _Figures:
    """Figures of the page, numbered as they come."""

    def __init__(self, drawings: dict[str, bytes]) -> None:
        self._drawings, self._count = drawings, 0

    def __call__(self, name: str) -> str:
        """A figure with its caption; nothing if the plan has none."""
        if name not in self._drawings:
            return ""
        self._count += 1
        told = plan_words.FIGURES[name]
        image = html.image(self._drawings[name], f"{told.title}. {words.ALT_LONG}")
        label = escape(told.title, quote=True)
        caption = f"<b>{words.FIGURE.format(number=self._count)}</b> {html.linked(told.caption)}"
        return (
            f'<figure id="{FIGURE}{name}"><div class="scroll" role="group" tabindex="0" aria-label="{label}">{image}'
            f"</div><figcaption>{caption}</figcaption></figure>"
        )


def _facts(plan: PlanResult) -> str:
    counts = [
        (plan.about["people"], words.FACTS["people"]),
        (plan.about["designs"], plan_words.FACTS["designs"]),
        (int(plan.about["selection"]["runs_that_counted"]), plan_words.FACTS["runs"]),
        (plan.days, words.FACTS["window"]),
    ]
    items = [
        f"<li><b>{number(count, 0)}</b> {escape(one if count == 1 else many)}</li>" for count, (one, many) in counts
    ]
    items.append(f"<li>{escape(words.SEED)} <b>{escape(str(plan.about['seed']))}</b></li>")
    return f'<ul class="facts">{"".join(items)}</ul>'


# --- question and answer -----------------------------------------------------------------------------------------


def _question(plan: PlanResult) -> str:
    about = plan.about
    question = plan_words.QUESTION.format(
        designs=number(about["designs"], 0),
        governance=words.governance(about["governance"]).lower(),
        objective=plan.objective,
    )
    beside = plan_words.BESIDE.format(baseline=plan.baseline, window=words.window(plan.days))
    return (
        html.paragraph(question) + html.paragraph(beside) + html.paragraph(_budget(plan)) + html.paragraph(_rule(plan))
    )


def _budget(plan: PlanResult) -> str:
    about = plan.about
    if not about["budget"]:
        return plan_words.NO_BUDGET
    limits = [plan_words.BUDGET_LIMITS[payer].format(sek=millions(sek)) for payer, sek in about["budget"].items()]
    over = number(about["designs"] - about["within_budget"], 0)
    return plan_words.BUDGET.format(limits=", ".join(limits), over=over)


def _rule(plan: PlanResult) -> str:
    rule = plan.about["rule"]
    return plan_words.RULE.format(
        method=plan_words.METHODS[rule["method"]],
        probability=per_cent(rule["probability"]),
        zone=number(plan.zone, 0),
        survivors=number(plan.about["selection"]["survivors_of_screening"], 0),
        candidates=number(plan.about["within_budget"], 0),
    )


def _answer(plan: PlanResult) -> str:
    first, *others = sentences(plan)
    told = html.paragraph(first) + "".join(html.paragraph(text) for text in others)
    return f'<div class="answer">{told}</div>{_boxes(plan)}{_choice(plan)}'


def _boxes(plan: PlanResult) -> str:
    """What a board looks at first, in a box each."""
    made = plan.about["selection"]
    days, cost = of(made["days_avoided"]), float(made["cost_sek"])
    net = next(estimate_in(row, "net_sek", 1 / MILLION) for row in plan.budget if row["payer"] == "all")
    each = number(cost / days.value, 0) if days.clear else words.NONE
    told = {
        "days": (number(days.value, 0), plan_words.BOX_DAYS, "labelled"),
        "cost": (millions(cost), plan_words.BOX_COST, "preventable"),
        "sure": (per_cent(made["probability"]), plan_words.BOX_SURE, "avoided"),
        "net": (number(net.value, 1, sign=True), plan_words.BOX_NET, "avoided"),
    }
    facts = {
        "objective": plan.objective,
        "each": each,
        "basis": plan_words.BASES[made["basis"]],
        "zone": number(plan.zone, 0),
    }
    intervals = {"days": between(days.low, days.high, 0), "net": between(net.low, net.high, 1, sign=True)}
    boxes = [
        f'<div style="--tone: {QUANTITY_COLOURS[tone]}"><p class="name">{escape(plan_words.BOXES[key])}</p>'
        f'<p class="number">{value}</p><p>{escape(form.format(**facts, interval=intervals.get(key, "")))}</p></div>'
        for key, (value, form, tone) in told.items()
    ]
    return f'<div class="quantities">{"".join(boxes)}</div>'


def _choice(plan: PlanResult) -> str:
    """Every variable with its levels, and what was chosen."""
    about = plan.about
    own = {one["name"]: one["value"] for one in about["reference"]["values"]}
    chosen = (own, about["selection"]["values"], about["cheapest_within_zone"]["values"])
    rows = []
    for one in about["variables"]:
        name = one["name"]
        levels = ", ".join(plan.value(name, level) for level in one["levels"])
        cells = "".join(html.cell(plan.value(name, values[name])) for values in chosen)
        rows.append(f"<tr>{html.row_head(Term(plan.label(name)))}{html.cell(levels, 'words')}{cells}</tr>")
    return html.table(plan_words.LEVELS_TITLE, plan_words.LEVELS_HEADS, rows, plan_words.LEVELS_TITLE, words_in=(1,))


# --- tables ------------------------------------------------------------------------------------------------------


def _frontier(plan: PlanResult) -> str:
    rows = [_design(plan, row, money=True) for row in plan.run]
    every = html.table(plan_words.FRONTIER_TITLE, [*_design_heads(plan), *plan_words.NET_HEADS], rows)
    over = plan.about["designs"] - plan.about["within_budget"]
    told = html.paragraph(plan_words.FRONTIER_LEAD)
    told += html.table(
        plan_words.FRONTIER_TITLE,
        _design_heads(plan),
        [_design(plan, row, money=False) for row in plan.frontier],
        plan_words.FRONTIER_TITLE,
    )
    told += html.folded(plan_words.ALL_DESIGNS.format(count=number(len(plan.ways), 0)), every)
    return told + (html.paragraph(plan_words.OVER_BUDGET.format(count=number(over, 0))) if over else "")


def _design_heads(plan: PlanResult) -> Sequence[str]:
    return (
        plan_words.WAY,
        *map(plan.label, plan.variables),
        *(plan_words.COST, plan_words.DAYS, plan_words.BEHIND, plan_words.SURELY, plan_words.REPLICATIONS),
    )


def _design(plan: PlanResult, row: Row, *, money: bool) -> str:
    """A design of the table, with net budget effects if asked for: each estimate with its interval beneath."""
    share = per_cent(float(row["frontier_share"])) if row["frontier_share"] else words.NONE
    cells = [html.cell(plan.value(name, row[name])) for name in plan.variables]
    cells += [
        html.cell(number(float(row["cost_sek"]) / MILLION, 1)),
        _days(row),
        _with_interval(row, "days_behind_selected", 1.0, 0) if row["selected"] != "true" else html.cell("0"),
        html.cell(share),
        html.cell(row["replications"]),
    ]
    if money:
        cells += [_with_interval(row, f"net_{payer}_sek", 1 / MILLION, 1) for payer in ("region", "municipalities")]
    own = plan_words.REFERENCE if row["design"] == REFERENCE else row["design"]
    mark = f"{own} ({plan_words.SELECTED})" if row["selected"] == "true" else own
    return _line(html.row_head(Term(mark)) + "".join(cells), strong=row["selected"] == "true")


def _line(cells: str, *, strong: bool) -> str:
    """A row of ready-made cells."""
    kind = ' class="sum"' if strong else ""
    return f"<tr{kind}>{cells}</tr>"


def _days(row: Row) -> str:
    """Days at which a design is placed; of the selected one with their interval."""
    if row["selected"] == "true":
        return _with_interval(row, "days_avoided", 1.0, 0)
    return html.cell(number(float(row["days_placed"]), 0))


def _with_interval(row: Row, name: str, factor: float, places: int) -> str:
    one = estimate_in(row, name, factor)
    interval = f"<small>{between(one.low, one.high, places)}</small>" if one.bounded else ""
    return f"<td>{number(one.value, places)}{interval}</td>"


def _marginal(plan: PlanResult) -> str:
    if not plan.marginal:
        return html.paragraph(plan_words.NO_MARGINAL)
    rows = []
    for around, title in plan_words.AROUND.items():
        found = [row for row in plan.marginal if row["around"] == around]
        if found:
            rows.append(html.section_row(Term(title), len(plan_words.MARGINAL_HEADS)))
            rows += [f"<tr>{html.row_head(Term(plan.step(row)))}{_bought(row, number_each=True)}</tr>" for row in found]
    return html.paragraph(plan_words.MARGINAL_LEAD) + html.table(
        plan_words.HEADINGS["marginal"], plan_words.MARGINAL_HEADS, rows
    )


def _bought(row: Row, *, number_each: bool) -> str:
    """Days, their interval, SEK million, and SEK for each day, as cells."""
    days = estimate_in(row, "days_avoided")
    cost = number(float(row["cost_sek"]) / MILLION, 2, sign=True) if row["cost_sek"] else plan_words.NO_PRICE
    kind = "" if days.clear else "unclear"
    cells = html.cell(number(days.value, 0, sign=True), kind) + html.cell(
        between(days.low, days.high, 0, sign=True), kind
    )
    cells += html.cell(cost if days.known else words.NONE)
    if number_each:
        cells += html.cell(number(float(row["sek_per_day"]), 0) if row["sek_per_day"] else words.NONE)
    return cells


def _bottlenecks(plan: PlanResult) -> str:
    if not plan.bottlenecks:
        return html.paragraph(plan_words.NO_BOTTLENECKS)
    rows = [
        f"<tr>{html.row_head(Term(service_name(row['service'])))}"
        + html.cell(number(100 * float(row["utilisation"]), 0))
        + html.cell(number(float(row["queue_hours"]), 0))
        + html.cell(number(float(row["wait_hours"]), 1))
        + f"{_bought(row, number_each=False)}</tr>"
        for row in plan.bottlenecks[: plans.MOST_BARS]
    ]
    more = len(plan.bottlenecks) - len(rows)
    told = html.table(plan_words.HEADINGS["bottlenecks"], plan_words.BOTTLENECK_HEADS, rows)
    return told + (html.paragraph(plan_words.MORE_SERVICES.format(count=number(more, 0))) if more else "")


def _payers(plan: PlanResult) -> str:
    rows = []
    for row in plan.budget:
        net = estimate_in(row, "net_sek", 1 / MILLION)
        cells = [millions(float(row["staff_sek"])), number(net.value, 1, sign=True)]
        cells += [between(net.low, net.high, 1, sign=True), verdict(row)]
        inside = html.row_head(Term(plan.payer(row["payer"]))) + "".join(map(html.cell, cells))
        rows.append(_line(inside, strong=row["payer"] == "all"))
    return html.paragraph(plan_words.PAYER_LEAD) + html.table(
        plan_words.HEADINGS["payers"], plan_words.PAYER_HEADS, rows
    )


def _robustness(plan: PlanResult) -> str:
    if not plan.robustness:
        return html.paragraph(plan_words.NO_ROBUSTNESS)
    avoided = plans.avoided_by_set(plan)
    most = np.max(list(avoided.values()), axis=0)
    rows = []
    for name, days in avoided.items():
        low, middle, high = np.percentile(days, plans.MIDDLE)
        cells = [number(float(middle), 0), between(float(low), float(high), 0)]
        cells += [per_cent(float((days >= most - zone).mean())) for zone in (0.0, plan.zone)]
        rows.append(f"<tr>{html.row_head(Term(plan.design(name)))}{''.join(map(html.cell, cells))}</tr>")
    return html.table(plan_words.HEADINGS["robustness"], plan_words.ROBUST_HEADS, rows)


# --- where it stands ---------------------------------------------------------------------------------------------


def _price_rows(plan: PlanResult) -> list[Row]:
    return [row for row in plan.sources if row["parameter"].startswith(PRICES)]


def _prices(plan: PlanResult) -> str:
    rows = []
    for row in _price_rows(plan):
        reference = reference_of(row)
        cells = [number(float(row["value"]), 0), between(float(row["low"]), float(row["high"]), 0), year_of(reference)]
        told = "".join(map(html.cell, cells)) + html.cell(reference or row["source"], "words", "en")
        rows.append(f"<tr>{html.row_head(_price_name(row['parameter'].removeprefix(PRICES)))}{told}</tr>")
    told = html.paragraph(plan_words.PRICES_LEAD) + html.table(
        plan_words.HEADINGS["prices"], plan_words.PRICES_HEADS, rows, words_in=(4,)
    )
    stated = plan.about.get("prices") or {}
    if stated:
        names = ", ".join(f"{service_name(name)} {number(price, 0)}" for name, price in stated.items())
        told += html.paragraph(plan_words.STATED_PRICES.format(prices=names))
    if plan.about["not_priced"]:
        names = ", ".join(map(service_name, plan.about["not_priced"]))
        told += html.paragraph(plan_words.NOT_PRICED.format(services=names))
    return told


def _price_name(key: str) -> Term:
    """What is paid for at a price."""
    outcomes = (outcome for outcome, price, _ in priced() if price == key)
    names = [words.COST_ITEMS[outcome] for outcome in outcomes]
    if key == READY_DAY:
        return Term(words.outcome("ready_payment_sek").text)
    return Term(", ".join(names) or key)


def _again(plan: PlanResult) -> str:
    name = shlex.quote(str(plan.about["name"]))
    rule = plan.about["rule"]
    command = plan_words.COMMAND.format(
        name=name,
        method=rule["method"],
        zone=f"{plan.zone:g}",
        probability=f"{rule['probability']:g}",
        ensemble=" --ensemble" if plan.robustness else "",
        seed=plan.about["seed"],
    )
    return html.paragraph(words.AGAIN) + f"<pre><code>{escape(command)}</code></pre>"
