"""Forms of compiled results, to sign and to file: who may have which, and what they show."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from shared import refs
from shared.errors import RefusedError, refuse
from shared.models.appraisal import Appraisal
from shared.models.assignment import Assignment
from shared.models.base import Id, Part, PeriodId
from shared.models.decision import Decision
from shared.models.official import Official
from shared.models.period import Period
from shared.models.position import Position
from shared.models.result import PeriodResult, Result
from shared.models.scheme import Rating, Scheme
from shared.models.unit import Unit
from shared.papers.minutes import Rated, minutes_paper
from shared.papers.paper import Paper
from shared.papers.pdf import to_pdf
from shared.papers.person import Decided, Dossier, decision_form, self_form
from shared.papers.unit import province_paper, reading_order, unit_paper
from shared.papers.xlsx import to_xlsx
from shared.ports import Services, Store
from shared.scoring.digest import UNSEALED
from shared.scoring.result import freeze
from shared.usecases.caller import Caller
from shared.usecases.quota import QuotaRequest, report_quota
from shared.usecases.reading import read_each
from shared.usecases.reviewed import require_compiled
from shared.usecases.schemes import Schemes
from shared.usecases.standing import Standing, first, read_standings, read_version, standing_on
from shared.vietnamese import day

Form = Literal["self", "decision", "unit", "province", "minutes"]
PERSONAL: Mapping[Form, Callable[[Dossier], Paper]] = {
    "self": self_form,
    "decision": decision_form,
}
MOST_PEOPLE = 300
"""In one file; a person's forms take about three pages."""


class FormsRequest(Part):
    """Form 01 (`self`) or 02 (`decision`) of one official or of all of a unit; a table; minutes.

    The minutes are about every agency, or about `unit` as one agency.
    """

    period: PeriodId
    form: Form
    official: Id | None = None
    unit: Id | None = None
    format: Literal["pdf", "xlsx"] = "pdf"


def forms(services: Services, schemes: Schemes, caller: Caller, request: FormsRequest) -> bytes:
    """The forms as one file, which the same results always give byte for byte."""
    _require_sense(request)
    store = services.store
    period = _period(store, request)
    _require_allowed(store, caller, period, request)
    if request.form == "minutes":
        papers = [_minutes(store, schemes, caller, period, request.unit)]
    else:
        papers = _papers(store, period, schemes.get(period.scheme), request)
    made = period.closes_at  # what the same results give must not depend on when it is asked for
    return to_pdf(papers, made) if request.format == "pdf" else to_xlsx(papers, made)


def _require_sense(request: FormsRequest) -> None:
    """Whose forms: of one official or one unit, and of nobody in particular for the province."""
    given = {"official": request.official, "unit": request.unit}
    named = sorted(name for name, value in given.items() if value is not None)
    fits: dict[Form, list[list[str]]] = {
        "self": [["official"], ["unit"]],
        "decision": [["official"], ["unit"]],
        "unit": [["unit"]],
        "province": [[]],
        "minutes": [[], ["unit"]],
    }
    if named not in fits[request.form]:
        wanted = " or ".join(one[0] if one else "neither" for one in fits[request.form])
        raise refuse(
            "invalid",
            "official" if "official" in named else "unit",
            f"the form {request.form} is made for: {wanted} (of official and unit)",
            f"biểu mẫu {request.form} cần đúng tham số: {wanted} (trong official và unit)",
        )


def _period(store: Store, request: FormsRequest) -> Period:
    """Compiled; only somebody's own Form 01 is filled in while the period is still open."""
    period = store.get(refs.periods(request.period))
    running = period is not None and period.state in ("open", "closing")
    if period is not None and running and request.form == "self" and request.official is not None:
        return period
    return require_compiled(period, request.period)


def _require_allowed(store: Store, caller: Caller, period: Period, request: FormsRequest) -> None:
    """Everybody has the own forms, heads those of their unit and below, but not the minutes."""
    overseer = caller.has("organiser", "authority", "auditor")
    if overseer or (request.official is not None and request.official == caller.uid):
        return
    unit = request.unit
    if request.official is not None:
        unit = _unit_of(store, period, request.official)
    found = None if unit is None else store.get(refs.units(unit))
    if found is None or request.form == "minutes" or not caller.heads(found.path):
        raise _forbidden(request)


def _unit_of(store: Store, period: Period, official: str) -> str | None:
    """The unit that compiles the result, or will."""
    result = store.get(refs.official_results(period.id)(official))
    if result is not None:
        return result.unit
    record = store.get(refs.officials(official))
    return record.unit_in(period.start, period.end) if record else None


def _forbidden(request: FormsRequest) -> RefusedError:
    return refuse(
        "forbidden",
        "official" if request.official else "form" if request.form == "minutes" else "unit",
        "everybody gets their own forms, heads those of their unit and below, "
        "organisers, authorities and auditors all",
        "mỗi người lấy được biểu mẫu của mình, thủ trưởng lấy của đơn vị mình và cấp dưới",
    )


def _papers(store: Store, period: Period, scheme: Scheme, request: FormsRequest) -> list[Paper]:
    if request.form == "province":
        return [_province(store, period, scheme)]
    standings = _standings(store, period, request)
    if request.form in PERSONAL:
        make = PERSONAL[request.form]
        return [make(dossier) for dossier in _dossiers(store, period, scheme, standings)]
    own = _unit(store, request.unit or "")
    ratings = [(one.result, one.decision.rating if one.decision else None) for one in standings]
    return [unit_paper(period, scheme, own, _name_above(store, own), ratings)]


def _standings(store: Store, period: Period, request: FormsRequest) -> list[Standing]:
    """Whose forms they are, by name; each with the last version of the result."""
    if request.official is not None:
        if period.state in ("open", "closing"):
            return [_running(store, period, request.official)]
        return [_standing(store, period, request.official)]
    unit = request.unit or ""
    _unit(store, unit)
    standings = read_standings(store, period.id, unit)
    if not standings:
        raise refuse(
            "missing", "unit", f"nobody in {unit} has a result", f"đơn vị {unit} không có kết quả"
        )
    if len(standings) > MOST_PEOPLE and request.form in PERSONAL:
        raise refuse(
            "too-large",
            "unit",
            f"{len(standings)} people; one file holds {MOST_PEOPLE}: ask official by official",
            f"{len(standings)} người; mỗi tệp tối đa {MOST_PEOPLE} người, hãy lấy từng người",
        )
    return sorted(standings, key=lambda one: reading_order(one.result))


def _running(store: Store, period: Period, official: str) -> Standing:
    """The live scorecard, as if it were frozen now."""
    card = store.get(refs.scorecard(period.id, official))
    record = store.get(refs.officials(official))
    unit = record.unit_in(period.start, period.end) if record else None
    if card is None or record is None or unit is None:
        raise refuse(
            "missing",
            "official",
            f"{official} has no scorecard in {period.id} yet",
            f"{official} chưa có phiếu điểm trong kỳ {period.id}",
        )
    works = len(card.contributions)
    result = freeze(
        card,
        unit=unit,
        name=record.name,
        assignments=works,
        entries=0,
        refused=[],
        sources=UNSEALED,  # nothing is: it rests on what still changes
    )
    return Standing(first(result), None)


def _standing(store: Store, period: Period, official: str) -> Standing:
    version = read_version(store, period.id, official)
    if version is None:
        raise refuse(
            "missing",
            "official",
            f"{official} has no result in {period.id}",
            f"{official} không có kết quả trong kỳ {period.id}",
        )
    return standing_on(store, version)


def _unit(store: Store, unit: str) -> Unit:
    found = store.get(refs.units(unit))
    if found is None:
        raise refuse("missing", "unit", f"there is no unit {unit}", "không có đơn vị này")
    return found


def _name_above(store: Store, unit: Unit) -> str:
    parent = store.get(refs.units(unit.parent)) if unit.parent else None
    return parent.name if parent else ""


def _province(store: Store, period: Period, scheme: Scheme) -> Paper:
    total: PeriodResult | None = store.get(refs.results(period.id))
    if total is None:
        raise refuse(
            "missing", "period", f"{period.id} has no total", f"kỳ {period.id} chưa tổng hợp"
        )
    units = {one.ref.id: one.value for one in store.find(refs.units)}
    results = [one.value for one in store.find(refs.unit_results(period.id))]
    decided: dict[str, Counter[Rating]] = defaultdict(Counter)
    for standing in read_standings(store, period.id):
        if standing.rating is not None:
            decided[standing.result.unit][standing.rating] += 1
    return province_paper(total, scheme, units, results, _agency(units, None), decided)


def _minutes(
    store: Store, schemes: Schemes, caller: Caller, period: Period, unit: str | None
) -> Paper:
    agency = [] if unit is None else [unit]
    report = report_quota(store, schemes, caller, QuotaRequest(period=period.id, agency=agency))
    units = {one.ref.id: one.value for one in store.find(refs.units)}
    people = [
        one
        for one in map(partial(_rated, units=units), read_standings(store, period.id))
        if one is not None and (unit is None or unit in units[one.unit].path)
    ]
    named = [replace(one, unit=units[one.unit].name) for one in people]
    return minutes_paper(report, schemes.get(period.scheme), named, _agency(units, unit))


def _rated(standing: Standing, units: Mapping[str, Unit]) -> Rated | None:
    """Somebody who has a rating, in a unit that exists."""
    card = standing.result.scorecard
    if card.total is None or card.rating is None or standing.result.unit not in units:
        return None
    decision = standing.decision
    return Rated(
        official=card.official,
        name=standing.result.name,
        unit=standing.result.unit,
        total=card.total,
        computed=card.rating,
        decided=decision.rating if decision else None,
        reason=(decision.reason if decision else None) or "",
    )


def _agency(units: Mapping[str, Unit], unit: str | None) -> str:
    """Whose paper it is: the unit asked for, or the one above all others."""
    if unit is not None:
        return units[unit].name
    roots = [one.name for one in units.values() if one.parent is None]
    return roots[0] if len(roots) == 1 else ""


def _dossiers(
    store: Store, period: Period, scheme: Scheme, standings: Sequence[Standing]
) -> Iterator[Dossier]:
    """One at a time: a unit's papers share what is known of the unit."""
    units: dict[str, tuple[Unit, str, str]] = {}
    for standing in standings:
        result = standing.result
        if result.unit not in units:
            units[result.unit] = _about(store, result.unit)
        unit, above, head = units[result.unit]
        yield Dossier(
            period=period,
            scheme=scheme,
            result=result,
            unit=unit,
            above=above,
            head=head,
            position=_position(store, result.scorecard.official),
            appraisals=_appraisals(store, result),
            work=_work(store, result),
            version=standing.version.number,
            decided=_decided(store, standing.decision, period),
        )


def _decided(store: Store, decision: Decision | None, period: Period) -> Decided | None:
    if decision is None:
        return None
    (by,) = read_each(store, [refs.officials(decision.by)])
    return Decided(
        rating=decision.rating,
        reason=decision.reason or "Đồng ý với kết quả theo quy chế",
        by=by.name if isinstance(by, Official) else decision.by,
        on=day(decision.at, period.time_zone),
    )


def _about(store: Store, unit_id: str) -> tuple[Unit, str, str]:
    """The unit, the name of the one above it, and its head's name."""
    unit = store.get(refs.units(unit_id)) or Unit(name=unit_id, path=[unit_id])
    head = store.get(refs.officials(unit.head)) if unit.head else None
    return unit, _name_above(store, unit), head.name if head else ""


def _position(store: Store, uid: str) -> str:
    """What they are; a record that cannot be read spoils no form."""
    (official,) = read_each(store, [refs.officials(uid)])
    if not isinstance(official, Official) or official.position is None:
        return ""
    (position,) = read_each(store, [refs.positions(official.position)])
    return position.title if isinstance(position, Position) else official.position


def _appraisals(store: Store, result: Result) -> dict[str, Appraisal]:
    """By stretch: of each period, and of each other unit's part of it."""
    card = result.scorecard
    stretches = sorted({card.period, *card.assessments})
    found = read_each(store, [refs.appraisals(_appraisal_id(s, card.official)) for s in stretches])
    return {
        stretch: one
        for stretch, one in zip(stretches, found, strict=True)
        if isinstance(one, Appraisal)
    }


def _appraisal_id(stretch: str, uid: str) -> str:
    """`2026-10_p1` of An is rated in `2026-10_an_p1`."""
    period, _, unit = stretch.partition("_")
    return "_".join([period, uid, *([unit] if unit else [])])


def _work(store: Store, result: Result) -> dict[str, Assignment]:
    names = list(result.scorecard.contributions)
    found = read_each(store, [refs.assignments(name) for name in names])
    return {
        name: one for name, one in zip(names, found, strict=True) if isinstance(one, Assignment)
    }
