"""Keep units, positions and products, and record what is measured: the organiser's part.

A unit is also scored by whoever heads the one above it. Work that was assigned
keeps its own copy of K, and a period that is locked takes no more measurements.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared import refs
from shared.errors import Fault, RefusedError, refuse
from shared.models.appraisal import MOST_SCORES, Scores, Scoring, Statements, UnitAppraisal
from shared.models.base import Coefficient, Id, Line, MaxBytes, Part, PeriodId, Reason
from shared.models.catalogue import Product
from shared.models.measurement import Measured, Measurement
from shared.models.official import Named, Official
from shared.models.period import Period
from shared.models.position import Asked, Position
from shared.models.scheme import Amount, Component, Criteria, Indicator, Scheme, Statement
from shared.models.scorecard import Assessment
from shared.models.unit import Unit
from shared.ports import Services, Transaction
from shared.scoring.evaluation import components, criteria_faults, forms, unknown_criteria
from shared.scoring.publication import asked_defects
from shared.usecases.caller import Caller, require
from shared.usecases.context import asked_of, asks_positions, holdings
from shared.usecases.keyed import Keyed
from shared.usecases.opened import read_open
from shared.usecases.recorded import Change, recorded
from shared.usecases.schemes import Schemes

Kind = Literal["official", "unit"]
MOST_ROWS = 400
"""Measurements in one call: one transaction."""
COLUMNS = ["kind", "subject", "component", "value", "source"]


class FoundUnit(Part):
    action: Literal["found_unit"]
    unit: Id
    name: Line
    parent: Id | None = None
    reason: Reason


class RenameUnit(Part):
    action: Literal["rename_unit"]
    unit: Id
    name: Line
    reason: Reason


class SetPosition(Part):
    """A position as it is from now on; without `asks` it goes on asking what it asked."""

    action: Literal["set_position"]
    position: Id
    title: Line
    group: Id | None = None
    products: Annotated[list[Id], Field(max_length=300)]
    asks: Asked | None = None
    reason: Reason


class SetProduct(Part):
    """A product as it is from now on, as its next version."""

    action: Literal["set_product"]
    product: Id
    title: Line
    measure: Line
    group: Annotated[int, Field(ge=1, le=5)]
    points: Annotated[int, Field(ge=1, le=100_000)]
    k: Coefficient
    evidence: bool | None = None
    """Whether submissions must name evidence; left out, as it was."""
    reason: Reason


class Row(Part):
    """One value, a whole number of its indicator's last decimal."""

    kind: Kind
    subject: Id
    component: Id
    value: Amount
    source: Line


class Measure(Part):
    action: Literal["measure"]
    period: PeriodId
    rows: Annotated[list[Row], Field(min_length=1, max_length=MOST_ROWS)]
    reason: Reason


class ImportMeasurements(Part):
    """CSV with the columns kind, subject, component, value, source; values as they are read."""

    action: Literal["import_measurements"]
    period: PeriodId
    csv: Annotated[str, MaxBytes(500_000)]
    reason: Reason


class AppraiseUnit(Part):
    """By whoever heads a unit above it."""

    action: Literal["appraise_unit"]
    period: PeriodId
    unit: Id
    scores: Scores
    statements: Statements = {}
    reason: Reason


CatalogueRequest = Annotated[
    FoundUnit | RenameUnit | SetPosition | SetProduct | Measure | ImportMeasurements | AppraiseUnit,
    Field(discriminator="action"),
]


class CatalogueReply(Part):
    """The documents that stand as asked, by path."""

    documents: list[str]


@dataclass(frozen=True)
class _Call:
    transaction: Transaction
    schemes: Schemes
    caller: Caller
    now: datetime


def change_catalogue(
    services: Services, schemes: Schemes, caller: Caller, key: str, request: CatalogueRequest
) -> CatalogueReply:
    """Carry out one change, all or nothing."""
    if not isinstance(request, AppraiseUnit):
        require(caller, "organiser")
    keyed, now = Keyed.of(caller.uid, key, request), services.clock.now()
    return keyed.once(
        services.store,
        CatalogueReply,
        lambda transaction: _carried_out(_Call(transaction, schemes, caller, now), keyed, request),
    )


def _carried_out(call: _Call, keyed: Keyed, request: CatalogueRequest) -> CatalogueReply:
    changes = list(_changes(call, request))
    reply = CatalogueReply(documents=[one.ref.path for one in changes])
    writes = recorded(
        keyed,
        call.now,
        changes,
        action=f"catalogue {request.action}",
        target=changes[0].ref.path,
        reason=request.reason,
        reply=reply,
    )
    call.transaction.write(writes)
    return reply


def _changes(call: _Call, request: CatalogueRequest) -> Iterator[Change]:
    match request:
        case FoundUnit():
            yield _founded(call, request)
        case RenameUnit():
            unit = _unit(call, request.unit, "unit")
            former = [*unit.former, Named(name=unit.name, until=call.now)]
            renamed = unit.model_copy(update={"name": request.name, "former": former})
            yield Change(refs.units(request.unit), unit, renamed)
        case SetPosition():
            yield _position(call, request)
        case SetProduct():
            yield _product(call, request)
        case Measure():
            asked = _Measured.of(call, request.period)
            _require_others(call, asked.period, request.rows, "rows")
            faults = [
                fault
                for index, row in enumerate(request.rows)
                for fault in _not_asked(row, asked, f"rows.{index}")
            ]
            if faults:
                raise RefusedError("invalid", *faults)
            yield from _measured(call, request.period, request.rows, "rows")
        case ImportMeasurements():
            asked = _Measured.of(call, request.period)
            rows = list(_read_rows(request.csv, asked))
            _require_others(call, asked.period, rows, "csv")
            yield from _measured(call, request.period, rows, "csv")
        case AppraiseUnit():
            yield _appraised(call, request)


def _founded(call: _Call, request: FoundUnit) -> Change:
    ref = refs.units(request.unit)
    if call.transaction.get(ref) is not None:
        raise refuse("conflict", "unit", "stands already", "đơn vị đã có")
    above = [] if request.parent is None else _unit(call, request.parent, "parent").path
    if len(above) > 7:  # noqa: PLR2004  # shared/models/base.py: Path holds eight
        raise refuse("invalid", "parent", "lies eight levels deep", "đã ở cấp thứ tám")
    path = [*above, request.unit]
    return Change(ref, None, Unit(name=request.name, parent=request.parent, path=path))


def _position(call: _Call, request: SetPosition) -> Change:
    found = call.transaction.get_all([refs.catalogue(one) for one in request.products])
    faults = [
        Fault(f"products.{index}", f"{name} does not exist", f"không tìm thấy {name}")
        for index, (name, one) in enumerate(zip(request.products, found, strict=True))
        if one is None
    ]
    if faults:
        raise RefusedError("missing", *faults)
    ref = refs.positions(request.position)
    before: Position | None = call.transaction.get(ref)
    asks = [] if before is None else before.asks
    position = Position(
        title=request.title,
        group=request.group,
        products=request.products,
        asks=asks if request.asks is None else _asking(call, before, request.asks),
    )
    return Change(ref, before, position)


def _asking(call: _Call, before: Position | None, new: Asked) -> list[Asked]:
    """What was asked before, and what is from then on."""
    schemes = [one.value for one in call.transaction.find(refs.schemes)]
    trees = [root for one in schemes for root in _people(one) if asks_positions(root)]
    faults = [
        Fault(f"asks.{one.node}", one.en, one.vi)
        for one in asked_defects(new, {name for root in trees for name in _own_names(root)})
    ]
    faults += list(_too_many(new, trees))
    if faults:
        raise RefusedError("invalid", *faults)
    if before is None:
        return [new]  # whoever holds it does so from later on
    earlier = [one for one in before.asks if one.since < new.since]
    if any(one.since > new.since for one in before.asks):
        raise refuse(
            "conflict",
            "asks.since",
            "asks something else from later on already",
            "đã có yêu cầu hiệu lực từ thời điểm muộn hơn",
        )
    _require_beforehand(call, {one.ref: one for one in schemes}, new.since)
    return [*earlier, new]


def _require_beforehand(call: _Call, schemes: Mapping[str, Scheme], since: datetime) -> None:
    """Of a period that was opened, what counts in it stands; locked ones rest on it."""
    for found in call.transaction.find(refs.periods):
        period: Period = found.value
        scheme = schemes.get(period.scheme)
        counted = scheme is not None and any(map(asks_positions, _people(scheme)))
        if counted and not period.parts and since < period.end:
            raise refuse(
                "conflict",
                "asks.since",
                f"period {period.id} is {period.state} and counts what positions ask: "
                f"from {period.end.isoformat(timespec='minutes')} on",
                f"kỳ {period.id} đã mở và tính theo vị trí: chỉ đổi được từ "
                f"{period.end.isoformat(timespec='minutes')}",
            )


def _people(scheme: Scheme) -> list[Component]:
    return [scheme.root("official"), scheme.root("head")]


def _own_names(root: Component) -> Iterator[str]:
    """Of the components and criteria of a tree that counts what positions ask beside them."""
    yield from (one.id for one in components(root))
    yield from (one.id for form in forms(root, Assessment()) for one in form.criteria)


def _too_many(new: Asked, trees: Iterable[Component]) -> Iterator[Fault]:
    """One appraisal holds the scores also of somebody who changes from one position to another."""
    forms_of = (forms(root, Assessment()) for root in trees)
    own = max((sum(len(form.criteria) for form in some) for some in forms_of), default=0)
    if own + 2 * len(new.criteria) > MOST_SCORES:
        yield Fault(
            "asks.criteria",
            f"beside the {own} of a scheme, and of two positions, an appraisal holds {MOST_SCORES}",
            f"cùng {own} tiêu chí của quy chế và của hai vị trí, một phiếu chỉ chứa {MOST_SCORES}",
        )


def _product(call: _Call, request: SetProduct) -> Change:
    ref = refs.catalogue(request.product)
    before: Product | None = call.transaction.get(ref)
    product = Product(
        title=request.title,
        measure=request.measure,
        group=request.group,
        points=request.points,
        k=request.k,
        evidence=_evidence(request, before),
        version=1 if before is None else before.version + 1,
    )
    return Change(ref, before, product)


def _evidence(request: SetProduct, before: Product | None) -> bool:
    if request.evidence is not None:
        return request.evidence
    return before is not None and before.evidence


def _indicators(scheme: Scheme, kind: Kind) -> dict[str, Indicator]:
    subjects = scheme.subjects
    roots = [subjects.unit] if kind == "unit" else [subjects.official, subjects.head]
    known = [one for root in roots if root is not None for one in components(root)]
    return {one.id: one for one in known if isinstance(one, Indicator)}


@dataclass(frozen=True)
class _Measured:
    """What is measured in a period, of whom: by its scheme and by the positions they hold."""

    transaction: Transaction
    period: Period
    scheme: Scheme
    positions: dict[str, Position | None] = field(default_factory=dict)
    """Those read already."""

    @classmethod
    def of(cls, call: _Call, period: str) -> "_Measured":
        standing = read_open(call.transaction, period, "period")
        return cls(call.transaction, standing, call.schemes.get(standing.scheme))

    def indicators(self, kind: Kind, subject: str) -> dict[str, Indicator]:
        own = _indicators(self.scheme, kind)
        if kind == "unit" or not any(map(asks_positions, _people(self.scheme))):
            return own
        return {**self._of_positions(subject), **own}

    def _of_positions(self, uid: str) -> dict[str, Indicator]:
        official: Official | None = self.transaction.get(refs.officials(uid))
        if official is None:
            return {}
        held = holdings(official, self.period)
        for name in {one.position for one in held} - self.positions.keys():
            self.positions[name] = self.transaction.get(refs.positions(name))
        known = {name: one for name, one in self.positions.items() if one is not None}
        asked = asked_of(held, known).values()
        return {item.id: item for one in asked for item in one.indicators}


def _not_asked(row: Row, asked: _Measured, field: str) -> Iterator[Fault]:
    if row.component not in asked.indicators(row.kind, row.subject):
        yield Fault(f"{field}.component", _idle(row.component), _idle_vi(row.component))


def _idle(component: str) -> str:
    return f"{component} is no indicator of the period's scheme, nor of the position held"


def _idle_vi(component: str) -> str:
    return f"{component} không phải chỉ số của quy chế trong kỳ hay của vị trí việc làm"


def _read_rows(text: str, asked: _Measured) -> Iterator[Row]:
    """Each row of the file; all that is wrong is named with its row."""
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    if not lines or set(COLUMNS) - lines[0].keys() or len(lines) > MOST_ROWS:
        raise refuse(
            "invalid",
            "csv",
            f"needs the columns {', '.join(COLUMNS)} and 1 to {MOST_ROWS} rows",
            f"cần các cột {', '.join(COLUMNS)} và từ 1 đến {MOST_ROWS} dòng",
        )
    rows, faults = [], []
    for number, line in enumerate(lines, 2):
        try:
            rows.append(_read_row(line, asked))
        except ValueError as error:
            faults.append(Fault(f"csv.{number}", str(error), f"dòng {number} không hợp lệ"))
    if faults:
        raise RefusedError("invalid", *faults)
    yield from rows


def _read_row(line: dict[str, str], asked: _Measured) -> Row:
    """Raises ValueError, also as pydantic does."""
    kind: Kind = "unit" if line["kind"] == "unit" else "official"
    if line["kind"] != kind:
        raise ValueError("kind is official or unit")
    subject = TypeAdapter(Id).validate_python(line["subject"])
    indicator = asked.indicators(kind, subject).get(line["component"])
    if indicator is None:
        raise ValueError(_idle(line["component"]))
    try:
        amount = Decimal(line["value"]).scaleb(indicator.decimals)
        if amount != int(amount):
            raise ValueError(f"value has more than {indicator.decimals} decimals")
    except (InvalidOperation, OverflowError) as error:
        raise ValueError("value is no number") from error
    return Row(
        kind=kind,
        subject=subject,
        component=line["component"],
        value=int(amount),
        source=line["source"],
    )


def _measured(call: _Call, period: str, rows: list[Row], field: str) -> Iterator[Change]:
    """One document a subject; of values given twice, the last."""
    given: dict[tuple[Kind, str], dict[str, Measured]] = {}
    for row in rows:
        value = Measured(value=row.value, source=row.source, by=call.caller.uid, at=call.now)
        given.setdefault((row.kind, row.subject), {})[row.component] = value
    for (kind, subject), values in given.items():
        _require_subject(call, kind, subject, field)
        ref = refs.measurement(period, kind, subject)
        before: Measurement | None = call.transaction.get(ref)
        known = {} if before is None else before.values
        merged = dict(sorted({**known, **values}.items()))
        after = Measurement(period=period, kind=kind, subject=subject, values=merged)
        yield Change(ref, before, after)


def _require_others(call: _Call, period: Period, rows: list[Row], field: str) -> None:
    subjects = {(row.kind, row.subject) for row in rows}
    own = {("unit", unit) for unit in _own_units(call, period)}
    if subjects & {("official", call.caller.uid), *own}:
        raise refuse(
            "forbidden",
            field,
            "nobody measures themselves or a unit of their own",
            "không ai tự nhập kết quả đo của mình hoặc của đơn vị mình",
        )


def _own_units(call: _Call, period: Period) -> set[str]:
    """Where the caller serves, served in the period or acts for the head, be it standing in."""
    official = call.caller.official
    if official is None:
        return set()
    served = official.units_in(period.start, period.end)
    return {official.unit, *served, *official.heads_at(call.now)}


def _require_subject(call: _Call, kind: Kind, subject: str, field: str) -> None:
    if kind == "unit":
        _unit(call, subject, field)
    elif call.transaction.get(refs.officials(subject)) is None:
        raise _unknown(field, subject)


def _appraised(call: _Call, request: AppraiseUnit) -> Change:
    unit = _unit(call, request.unit, "unit")
    period = read_open(call.transaction, request.period, "period")
    if not call.caller.heads(unit.path[:-1]) or request.unit in _own_units(call, period):
        raise refuse(
            "forbidden",
            "unit",
            "a unit is scored by whoever heads one above it, and not by those who belong to it",
            "đơn vị do thủ trưởng cấp trên chấm, người thuộc đơn vị đó không được chấm",
        )
    _require_answers(request, call.schemes.get(period.scheme))
    ref = refs.unit_appraisal(request.period, request.unit)
    scoring = Scoring(
        by=call.caller.uid,
        at=call.now,
        scores=request.scores,
        statements=request.statements,
        note=request.reason,
    )
    after = UnitAppraisal(period=request.period, unit=request.unit, by_head=scoring)
    return Change(ref, call.transaction.get(ref), after)


def _require_answers(request: AppraiseUnit, scheme: Scheme) -> None:
    """All criteria of units within their scales, and statements that the scheme asks for."""
    root = scheme.subjects.unit
    if root is None:
        raise refuse("invalid", "period", "its scheme rates no units", "quy chế không chấm đơn vị")
    forms = [one for one in components(root) if isinstance(one, Criteria)]
    wrong = unknown_criteria(root, Assessment(criteria=request.scores))
    wrong += [name for form in forms for name in criteria_faults(form, request.scores)]
    asked = {
        one.id: one
        for one in components(root)
        if isinstance(one, Statement) and one.derived is None
    }
    stated = [
        name
        for name, option in request.statements.items()
        if name not in asked or option not in asked[name].options
    ]
    faults = [
        Fault(f"{field}.{name}", "is missing, unknown or off the scale", "thiếu, lạ hoặc sai thang")
        for field, names in (("scores", wrong), ("statements", stated))
        for name in names
    ]
    if faults:
        raise RefusedError("invalid", *faults)


def _unit(call: _Call, name: str, field: str) -> Unit:
    found: Unit | None = call.transaction.get(refs.units(name))
    if found is None:
        raise _unknown(field, name)
    return found


def _unknown(field: str, name: str) -> RefusedError:
    return refuse("missing", field, f"{name} does not exist", f"không tìm thấy {name}")
