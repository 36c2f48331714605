"""Assign work: to one, to many, to a whole unit or position in one call."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared import refs
from shared.errors import RefusedError, refuse
from shared.models.assignment import Assignment, Evidenced, Share
from shared.models.base import Id, Line, Part, PeriodId, Quantity, Time
from shared.models.catalogue import Product
from shared.models.entry import Assigned
from shared.models.official import Official
from shared.models.period import Period
from shared.models.scheme import Scheme
from shared.models.unit import Unit
from shared.ports import Services, Store, Transaction, Where, Write, create
from shared.scoring.quota import apportion
from shared.usecases.caller import Caller, has_authority_over, require_authority_over
from shared.usecases.keyed import Keyed
from shared.usecases.opened import read_open
from shared.usecases.recorded import Change, recorded
from shared.usecases.room import MOST, rooms
from shared.usecases.schemes import Schemes

WHOLE = 100
"""Per cent."""
MOST_AT_ONCE = 500
"""Assignments in one call: one transaction, well under the store's 10 MiB."""


WholeShare = Annotated[int, Field(ge=1, le=99)]


class ToOfficials(Part):
    officials: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]


class ToUnit(Part):
    """Everybody who serves in the unit now, but its head and the caller."""

    unit: Id


class ToPosition(Part):
    """Everybody who holds the position now, in one unit or in all the caller may assign to.

    Without `in_unit`, those whom the caller may not assign to are left out.
    """

    position: Id
    in_unit: Id | None = None


class ToTeam(Part):
    """People who make one product together, each a part of it in per cent of its K."""

    lead: Id
    shares: Annotated[dict[Id, WholeShare], Field(min_length=2, max_length=50)]

    def members(self) -> list[str]:
        """The lead first, to whom the first of equal remainders goes."""
        return [self.lead, *sorted(self.shares.keys() - {self.lead})]


To = ToOfficials | ToUnit | ToPosition | ToTeam


class Work(Part):
    """One product for each of its receivers, or for a team, due at the same time."""

    to: To
    product: Id
    title: Line | None = None
    quantity: Quantity = 1
    due: Time
    approver: Id | None = None


class AssignRequest(Part):
    action: Literal["assign"]
    period: PeriodId
    work: Annotated[list[Work], Field(min_length=1, max_length=100)]


class Assignments(Part):
    """The reply: the assignments, in the order of the request's work and receivers."""

    assignments: list[str]


@dataclass(frozen=True)
class Receiver:
    uid: str
    official: Official
    unit: Unit


@dataclass(frozen=True)
class Terms:
    """What is frozen in each assignment, whoever receives it."""

    period: Period
    scheme: Scheme
    caller: Caller
    now: datetime
    known_since: datetime | None = None
    """Of work that was done before it was assigned: it could be on time since then."""


@dataclass(frozen=True)
class Serving:
    """The part of a period in which somebody has to serve to be given its work."""

    period: str
    since: datetime
    until: datetime

    @classmethod
    def within(cls, period: Period) -> "Serving":
        return cls(period.id, period.start, period.end)

    @classmethod
    def from_now_on(cls, period: Period, now: datetime) -> "Serving":
        """Whoever has left is given nothing more; before the period all of it is to come."""
        since = now if period.start < now < period.end else period.start
        return cls(period.id, since, period.end)

    def has(self, official: Official) -> bool:
        return official.unit_in(self.since, self.until) is not None


def assign(
    services: Services, schemes: Schemes, caller: Caller, key: str, request: AssignRequest
) -> Assignments:
    """Create the assignments, all or none; the same key again gives the same reply."""
    keyed = Keyed.of(caller.uid, key, request)
    now = services.clock.now()
    return keyed.once(
        services.store,
        Assignments,
        lambda transaction: _create_all(
            services.store, schemes, transaction, caller, keyed, request, now
        ),
    )


def _orders(
    store: Store, caller: Caller, serving: Serving, request: AssignRequest
) -> list[tuple[int, Work, str]]:
    """Each piece of work with its index and its receiver's uid."""
    orders = [
        (index, work, uid)
        for index, work in enumerate(request.work)
        for uid in _receivers(store, caller, serving, work, f"work.{index}.to")
    ]
    if len(orders) > MOST_AT_ONCE:
        raise refuse(
            "too-large",
            "work",
            f"{len(orders)} assignments in one call; at most {MOST_AT_ONCE}",
            f"tối đa {MOST_AT_ONCE} việc mỗi lần giao",
        )
    return orders


def _create_all(
    store: Store,
    schemes: Schemes,
    transaction: Transaction,
    caller: Caller,
    keyed: Keyed,
    request: AssignRequest,
    now: datetime,
) -> Assignments:
    period = read_open(transaction, request.period, "period")
    serving = Serving.from_now_on(period, now)
    orders = _orders(store, caller, serving, request)
    receivers = _read_receivers(transaction, caller, serving, orders)
    products = _read_products(transaction, request)
    _require_approvers(transaction, request)
    fields = {uid: f"work.{index}.to" for index, _, uid in reversed(orders)}
    require_room(store, period, Counter(uid for _, _, uid in orders), fields)
    terms = Terms(period, schemes.get(period.scheme), caller, now)
    created = {
        refs.assignment_id(
            period.id, receivers[uid].unit.path[-1], uid, keyed.suffix(str(index), uid)
        ): make_assignment(terms, receivers[uid], products[work.product], work, f"work.{index}.")
        for index, work, uid in orders
    }
    reply = Assignments(assignments=list(created))
    changes = [new_assignment(name, one) for name, one in created.items()]
    record = recorded(
        keyed, now, changes, action="assign", target=f"periods/{period.id}", reply=reply
    )
    transaction.write([*record, *(first_entry(name, one) for name, one in created.items())])
    return reply


def new_assignment(assignment_id: str, assignment: Assignment) -> Change:
    """To be written with its first entry."""
    return Change(refs.assignments(assignment_id), None, assignment)


def first_entry(assignment_id: str, assignment: Assignment) -> Write:
    """Its event puts the assignment on the scorecard."""
    entry = Assigned(by=assignment.assigned_by, at=assignment.assigned_at)
    return create(refs.entries(assignment_id)("assigned"), entry)


def make_assignment(
    terms: Terms, receiver: Receiver, product: Product, work: Work, within: str
) -> Assignment:
    """What the receiver is to do; `within` is where `work` stands in the request."""
    since = terms.known_since or terms.now
    check_due(work.due, terms.period, since, f"{within}due")
    share = _share(work.to, receiver.uid, product)
    return Assignment(
        period=terms.period.id,
        unit=receiver.unit.path[-1],
        path=receiver.unit.path,
        official=receiver.uid,
        approver=_approver(work, receiver, terms.caller, f"{within}approver"),
        product=work.product,
        title=work.title or product.title,
        k=_part_of_k(work.to, receiver.uid, product, f"{within}to.shares"),
        quantity=work.quantity,
        due=work.due,
        period_end=terms.period.end,
        scheme=terms.period.scheme,
        assigned_at=terms.now,
        assigned_by=terms.caller.uid,
        evidence_for=evidence_for(terms.scheme, product),
        share=share,
    )


def evidence_for(scheme: Scheme, product: Product | None) -> list[Evidenced]:
    """The kinds of entry that need evidence, as the scheme and the catalogue say now."""
    by_scheme = scheme.evidence is not None and scheme.evidence.submissions
    by_catalogue = product is not None and product.evidence
    proven: list[Evidenced] = ["submission"] if by_scheme or by_catalogue else []
    if scheme.exemptions is None or scheme.exemptions.evidence_required:
        proven.append("exemption_requested")
    return proven


def _share(to: To, uid: str, product: Product) -> Share | None:
    if not isinstance(to, ToTeam):
        return None
    return Share(lead=to.lead, percent=to.shares[uid], k=product.k)


def _part_of_k(to: To, uid: str, product: Product, field: str) -> int:
    """The whole K, or a team member's exact part: the parts of all add up to it."""
    if not isinstance(to, ToTeam):
        return product.k
    members = to.members()
    parts = apportion(product.k, [to.shares[one] for one in members])
    part = parts[members.index(uid)]
    if part == 0:
        raise refuse(
            "invalid",
            f"{field}.{uid}",
            "is less than a thousandth of the standard product: nothing would count",
            "phần này quy đổi dưới một phần nghìn sản phẩm chuẩn, không được tính",
        )
    return part


def _approver(work: Work, receiver: Receiver, caller: Caller, field: str) -> str:
    """Whoever is named, else the head of the unit, and for the head whoever assigned it."""
    if work.approver == receiver.uid:
        raise refuse(
            "invalid",
            field,
            "nobody approves their own work",
            "không ai được tự duyệt việc của mình",
        )
    by_default = [receiver.unit.head, caller.uid]
    return work.approver or next(one for one in by_default if one not in (None, receiver.uid)) or ""


def check_due(due: datetime, period: Period, now: datetime, field: str) -> None:
    if not period.start <= due <= period.end:
        raise refuse(
            "invalid",
            field,
            f"must lie in period {period.id}; work due later belongs to a later period",
            f"phải nằm trong kỳ {period.id}; việc đến hạn sau kỳ thuộc kỳ sau",
        )
    if due <= now:
        raise refuse(
            "invalid",
            field,
            "has passed already: nobody could be on time",
            "đã qua; không ai có thể kịp hạn",
        )


def _receivers(store: Store, caller: Caller, serving: Serving, work: Work, field: str) -> list[str]:
    match work.to:
        case ToOfficials(officials=officials):
            return list(dict.fromkeys(officials))
        case ToTeam():
            _require_whole(work.to, field)
            return work.to.members()
        case ToUnit(unit=unit):
            found = store.find(refs.officials, where=Where("unit", "==", unit))
            uids = [one.ref.id for one in found if not one.value.is_head and serving.has(one.value)]
        case ToPosition(position=position, in_unit=unit):
            found = store.find(refs.officials, where=Where("position", "==", position))
            holders = {one.ref.id: one.value.unit for one in found if serving.has(one.value)}
            uids = (
                [uid for uid, where in holders.items() if where == unit]
                if unit
                else _answered_for(store, caller, holders)
            )
    uids = [uid for uid in uids if uid != caller.uid]
    if not uids:
        raise refuse("missing", field, "nobody serves there", "không có ai ở đây để giao việc")
    return uids


def _require_whole(team: ToTeam, field: str) -> None:
    whole = sum(team.shares.values())
    if whole != WHOLE:
        raise refuse(
            "invalid",
            f"{field}.shares",
            f"add up to {whole} per cent, not to {WHOLE}",
            f"cộng lại được {whole} %, phải đủ {WHOLE} %",
        )
    if team.lead not in team.shares:
        raise refuse(
            "invalid", f"{field}.lead", "has no share of it", "người chủ trì phải có phần việc"
        )


def _answered_for(store: Store, caller: Caller, holders: dict[str, str]) -> list[str]:
    """Those of these people, with their units, to whom the caller may assign."""
    names = sorted(set(holders.values()))
    units = dict(zip(names, store.get_all([refs.units(name) for name in names]), strict=True))
    return [
        uid
        for uid, name in holders.items()
        if (unit := units[name]) is not None and has_authority_over(caller, unit.value, uid)
    ]


def _read_receivers(
    transaction: Transaction,
    caller: Caller,
    serving: Serving,
    orders: list[tuple[int, Work, str]],
) -> dict[str, Receiver]:
    """Two reads, however many people."""
    fields = {uid: f"work.{index}.to" for index, _, uid in reversed(orders)}
    people: list[Official | None] = transaction.get_all([refs.officials(uid) for uid in fields])
    names = sorted({official.unit for official in people if official is not None})
    found: list[Unit | None] = transaction.get_all([refs.units(name) for name in names])
    units = dict(zip(names, found, strict=True))
    return {
        uid: _receiver(caller, serving, uid, official, units.get(official.unit), field)
        if official is not None
        else _receiver(caller, serving, uid, None, None, field)
        for (uid, field), official in zip(fields.items(), people, strict=True)
    }


def read_receiver(
    transaction: Transaction, caller: Caller, serving: Serving, uid: str, field: str
) -> Receiver:
    """A person whom the caller may give work of the period to, with their unit."""
    official = transaction.get(refs.officials(uid))
    unit = None if official is None else transaction.get(refs.units(official.unit))
    return _receiver(caller, serving, uid, official, unit, field)


def _receiver(  # what was read, and where it was named
    caller: Caller,
    serving: Serving,
    uid: str,
    official: Official | None,
    unit: Unit | None,
    field: str,
) -> Receiver:
    if official is None or unit is None:
        raise _unknown(field, uid)
    if uid == caller.uid:
        raise refuse(
            "forbidden",
            field,
            "nobody assigns work to themselves; your own head does",
            "không ai tự giao việc cho mình; cấp trên của bạn giao",
        )
    require_authority_over(caller, unit, uid, field)
    if not serving.has(official):
        raise refuse(
            "invalid",
            field,
            f"{uid} does not serve in {serving.period}, or no more: a posting is needed first",
            f"{uid} không công tác khi đó trong kỳ {serving.period}; cần cập nhật nơi công tác",
        )
    return Receiver(uid, official, unit)


def _read_products(transaction: Transaction, request: AssignRequest) -> dict[str, Product]:
    wanted = {work.product: f"work.{index}.product" for index, work in enumerate(request.work)}
    return {name: read_product(transaction, name, field) for name, field in wanted.items()}


def read_product(transaction: Transaction, name: str, field: str) -> Product:
    product: Product | None = transaction.get(refs.catalogue(name))
    if product is None:
        raise _unknown(field, name)
    return product


def _require_approvers(transaction: Transaction, request: AssignRequest) -> None:
    named = {
        work.approver: f"work.{index}.approver"
        for index, work in enumerate(request.work)
        if work.approver is not None
    }
    found = transaction.get_all([refs.officials(uid) for uid in named])
    for (uid, field), official in zip(named.items(), found, strict=True):
        if official is None:
            raise _unknown(field, uid)


def require_room(
    store: Store, period: Period, wanted: Mapping[str, int], fields: Mapping[str, str]
) -> None:
    """Of each person's wanted assignments; `fields` says where the request names them."""
    for uid, room in rooms(store, period.id, wanted).items():
        if wanted[uid] > room:
            raise refuse(
                "too-large",
                fields[uid],
                f"{uid} may have {MOST} assignments in {period.id}; there is room for {room}",
                f"{uid} chỉ được giao tối đa {MOST} việc trong kỳ {period.id}, còn {room}",
            )


def _unknown(field: str, name: str) -> RefusedError:
    return refuse("missing", field, f"{name} does not exist", f"không tìm thấy {name}")
