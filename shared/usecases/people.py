"""Keep people's records: the administrator their service, the authority facts about them.

Every change is dated, has a reason and leaves a record; nobody changes their own.
Nothing that a locked period rests on may change: see require_unlocked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared import refs
from shared.errors import RefusedError, refuse
from shared.models.base import Id, Line, Part, PeriodId, Reason, Time
from shared.models.official import Ahead, Duty, Leave, Named, Official, Posting, Role, StandIn
from shared.models.period import Period
from shared.models.scorecard import Override
from shared.models.unit import Unit
from shared.ports import Services, Store, Transaction
from shared.scoring.gates import standing_in
from shared.usecases import records
from shared.usecases.caller import Caller, require, require_competence
from shared.usecases.context import depends_on
from shared.usecases.keyed import Keyed
from shared.usecases.recorded import Change, by_platform, recorded
from shared.vietnamese import day

Roles = Annotated[list[Role], Field(max_length=6)]
MOST_AT_ONCE = 200
"""People in one correction: one transaction."""


class Enrol(Part):
    """Somebody who is not known yet."""

    action: Literal["enrol"]
    official: Id
    name: Line
    unit: Id
    position: Id | None = None
    roles: Roles
    start: Time
    party_since: Time | None = None
    reason: Reason


class Rename(Part):
    action: Literal["rename"]
    official: Id
    name: Line
    reason: Reason


class SetRoles(Part):
    action: Literal["set_roles"]
    official: Id
    roles: Roles
    reason: Reason


class Transfer(Part):
    """To another unit, or to another duty or position in the same.

    `after_gap` when service was broken off. What starts later takes effect on its day, see
    take_effect: until then the record only says that it is to come.

    Whoever becomes head takes over from the head there is, who stays as a member.
    """

    action: Literal["transfer"]
    official: Id
    unit: Id
    start: Time
    duty: Duty = "member"
    field: Annotated[list[Id], Field(max_length=100)] = []
    position: Id | None = None
    after_gap: bool = False
    reason: Reason


class CallOff(Part):
    """The transfer that is to come will not."""

    action: Literal["call_off"]
    official: Id
    reason: Reason


class Correct(Part):
    """Time that was recorded in the wrong unit was served in the right one, by all of these."""

    action: Literal["correct"]
    officials: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]
    wrong: Id
    right: Id
    start: Time
    end: Time | None = None
    reason: Reason


class TakeLeave(Part):
    """Not worked from `start` until before `end`."""

    action: Literal["leave"]
    official: Id
    start: Time
    end: Time
    reason: Reason


class Recall(Part):
    """The leave that starts at `start` ends at `end`; at its start, it never was."""

    action: Literal["recall"]
    official: Id
    start: Time
    end: Time
    reason: Reason


class StandsIn(Part):
    action: Literal["stand_in"]
    official: Id
    unit: Id
    start: Time
    end: Time
    reason: Reason


class JoinParty(Part):
    """Without `since`, no member."""

    action: Literal["party"]
    official: Id
    since: Time | None = None
    reason: Reason


class Depart(Part):
    action: Literal["depart"]
    official: Id
    end: Time
    reason: Reason


class EnterFact(Part):
    """A dated fact such as a reprimand, which gates of the scheme may name."""

    action: Literal["enter_fact"]
    official: Id
    kind: Id
    at: Time
    until: Time | None = None
    reason: Reason


class EndFact(Part):
    action: Literal["end_fact"]
    official: Id
    kind: Id
    at: Time
    until: Time
    reason: Reason


class WithdrawFact(Part):
    """It should not have been entered; what periods knew when they were locked stays."""

    action: Literal["withdraw_fact"]
    official: Id
    kind: Id
    at: Time
    reason: Reason


FactRequest = EnterFact | EndFact | WithdrawFact
PeopleRequest = Annotated[
    Enrol
    | Rename
    | SetRoles
    | Transfer
    | CallOff
    | Correct
    | TakeLeave
    | Recall
    | StandsIn
    | JoinParty
    | Depart
    | FactRequest,
    Field(discriminator="action"),
]


class PeopleReply(Part):
    """Whose records the call concerned.

    Of a fact that was entered: the open periods that it bears on, also quarters and years,
    and the locked ones that it came too late for, whose results only a correction changes.
    """

    officials: list[Id]
    bears_on: list[PeriodId] = []
    too_late_for: list[PeriodId] = []


@dataclass(frozen=True)
class _Change:
    """One call: who asks for what, when, and the records that it reads."""

    transaction: Transaction
    caller: Caller
    now: datetime

    def official(self, uid: str, field: str = "official") -> Official:
        found: Official | None = self.transaction.get(refs.officials(uid))
        if found is None:
            raise _unknown(field, uid)
        return found

    def unit(self, name: str, field: str = "unit") -> Unit:
        found: Unit | None = self.transaction.get(refs.units(name))
        if found is None:
            raise _unknown(field, name)
        return found


def change_people(
    services: Services, caller: Caller, key: str, request: PeopleRequest
) -> PeopleReply:
    """Carry out one change, of one record or of all that one correction names."""
    require(caller, "authority" if isinstance(request, FactRequest) else "administrator")
    uids = request.officials if isinstance(request, Correct) else [request.official]
    if caller.uid in uids:
        raise refuse(
            "forbidden",
            "official",
            "nobody changes their own record",
            "không ai tự thay đổi hồ sơ của mình",
        )
    keyed, now = Keyed.of(caller.uid, key, request), services.clock.now()
    return keyed.once(
        services.store,
        PeopleReply,
        lambda transaction: _carried_out(_Change(transaction, caller, now), keyed, request, uids),
    )


def _carried_out(
    change: _Change, keyed: Keyed, request: PeopleRequest, uids: list[str]
) -> PeopleReply:
    changes = list(_changes(change, request))
    require_unlocked(change.transaction, changes)
    reply = PeopleReply(
        officials=list(dict.fromkeys(uids)),
        bears_on=_touched(change, request, is_open=True),
        too_late_for=_touched(change, request, is_open=False),
    )
    writes = recorded(
        keyed,
        change.now,
        changes,
        action=f"people {request.action}",
        target=refs.officials(uids[0]).path,
        reason=request.reason,
        reply=reply,
    )
    change.transaction.write(writes)
    return reply


def _touched(change: _Change, request: PeopleRequest, *, is_open: bool) -> list[str]:
    """The periods that a new fact stands in."""
    if not isinstance(request, EnterFact):
        return []
    fact = _fact(change, request)
    periods = [one.value for one in change.transaction.find(refs.periods)]
    return sorted(
        one.id
        for one in periods
        if (one.state == "open") is is_open and standing_in([fact], one.start, one.end)
    )


def require_unlocked(transaction: Transaction, changes: Iterable[Change]) -> None:
    """Refuse what would alter results: of periods that are locked, nothing may change."""
    locked = [one.value for one in transaction.find(refs.periods) if one.value.state != "open"]
    for change in changes:
        if not isinstance(change.after, Official):
            continue
        before = change.before if isinstance(change.before, Official) else None
        for period in locked:
            _require_same(period, before, change.after)


def _require_same(period: Period, before: Official | None, after: Official) -> None:
    if depends_on(before, period) != depends_on(after, period):
        raise refuse(
            "closed",
            "start",
            f"period {period.id} is {period.state} and rests on it: its results are corrected "
            "by a decision, not by the record",
            f"kỳ {period.id} đã khóa: kết quả chỉ được đính chính bằng quyết định",
        )


def _changes(change: _Change, request: PeopleRequest) -> Iterator[Change]:
    match request:
        case Enrol():
            yield _enrolled(change, request)
        case Transfer() if request.start > change.now:
            yield _expected(change, request)
        case Transfer():
            yield from _transferred(change, request)
        case CallOff():
            before = change.official(request.official)
            yield _of(request.official, before, records.called_off(before))
        case Depart():
            before = change.official(request.official)
            _require_begun(request.end, change.now, "end")
            yield _of(request.official, before, records.departed(before, request.end))
            yield from _headless(change, request.official, before)
        case Correct():
            for uid in dict.fromkeys(request.officials):
                yield from _corrected(change, request, uid)
        case _:
            before = change.official(request.official)
            if isinstance(request, FactRequest):
                unit = change.unit(before.unit)
                require_competence(change.caller, unit, "official", request.official)
            yield _of(request.official, before, _changed(change, request, before))


def _changed(change: _Change, request: PeopleRequest, before: Official) -> Official:
    """What becomes of the one record, where no other is concerned."""
    match request:
        case Rename():
            former = [*before.former, Named(name=before.name, until=change.now)]
            return before.model_copy(update={"name": request.name, "former": former})
        case SetRoles():
            return before.model_copy(update={"roles": request.roles})
        case TakeLeave():
            leave = Leave(start=request.start, end=request.end, reason=request.reason)
            return records.on_leave(before, leave)
        case Recall():
            return records.recalled(before, request.start, request.end)
        case StandsIn():
            change.unit(request.unit)
            term = StandIn(unit=request.unit, start=request.start, end=request.end)
            return records.standing_in(before, term, change.now)
        case JoinParty():
            return before.model_copy(update={"party_since": request.since})
        case EnterFact():
            _require_begun(request.at, change.now, "at")
            return records.with_fact(before, _fact(change, request))
        case EndFact():
            _require_later(request.until, change.now)
            until = {"until": request.until}
            return records.with_fact_changed(before, request.kind, request.at, **until)
        case WithdrawFact():
            gone = {"withdrawn_at": change.now}
            return records.with_fact_changed(before, request.kind, request.at, **gone)
    raise AssertionError(request.action)


def _fact(change: _Change, request: EnterFact) -> Override:
    return Override(
        kind=request.kind,
        at=request.at,
        until=request.until,
        reason=request.reason,
        by=change.caller.uid,
        entered_at=change.now,
    )


def _enrolled(change: _Change, request: Enrol) -> Change:
    ref = refs.officials(request.official)
    if change.transaction.get(ref) is not None:
        raise refuse("conflict", "official", "is enrolled already", "đã có hồ sơ")
    change.unit(request.unit)
    _require_position(change, request.position)
    new = Official(
        name=request.name,
        roles=request.roles,
        unit=request.unit,
        position=request.position,
        postings=[Posting(unit=request.unit, start=request.start, position=request.position)],
        units=[request.unit],
        party_since=request.party_since,
    )
    return Change(ref, None, new)


def take_effect(store: Store, uid: str, now: datetime) -> None:
    """Carry out the transfer that was to come, once its day is there; again, nothing is left.

    Raises RefusedError when it cannot be: since it was entered something has changed.
    """
    store.transact(lambda transaction: _take_effect(transaction, uid, now))


def _take_effect(transaction: Transaction, uid: str, now: datetime) -> None:
    standing: Official | None = transaction.get(refs.officials(uid))
    ahead = None if standing is None else standing.ahead
    if ahead is None or now < ahead.start:
        return
    terms = {name: getattr(ahead, name) for name in Ahead.model_fields if name != "by"}
    request = Transfer(action="transfer", official=uid, **terms)
    changes = list(_transferred(_Change(transaction, Caller(ahead.by, now), now), request))
    require_unlocked(transaction, changes)
    keyed = by_platform(request, "transfer", uid, ahead.start.isoformat())
    target = refs.officials(uid).path
    action, reason = "people take_effect", ahead.reason
    transaction.write(recorded(keyed, now, changes, action=action, target=target, reason=reason))


def _expected(change: _Change, request: Transfer) -> Change:
    """What can be known to be wrong beforehand is refused at once."""
    before = change.official(request.official)
    _require_sound(change, before, request)
    change.unit(request.unit)
    terms = request.model_dump(exclude={"action", "official"})
    ahead = Ahead(**terms, by=change.caller.uid)
    return _of(request.official, before, records.expecting(before, ahead))


def _require_sound(change: _Change, before: Official, request: Transfer) -> None:
    _require_position(change, request.position)
    _require_no_gap(before, request)
    if request.field and request.duty != "deputy":
        raise refuse("invalid", "field", "only a deputy has a field", "chỉ cấp phó có lĩnh vực")


def _transferred(change: _Change, request: Transfer) -> Iterator[Change]:
    before, unit = change.official(request.official), change.unit(request.unit)
    _require_sound(change, before, request)
    after = records.posted(
        before, request.unit, request.start, request.duty, request.field, request.position
    )
    if before.ahead is not None and before.ahead.start <= request.start:
        after = after.model_copy(update={"ahead": None})
    yield _of(request.official, before, after)
    if before.is_head and before.unit != request.unit:
        yield from _headless(change, request.official, before)
    yield from _led(change, request, unit)


def _led(change: _Change, request: Transfer, unit: Unit) -> Iterator[Change]:
    """The unit's head, in step with who is one."""
    ref, was = refs.units(request.unit), unit.head == request.official
    if request.duty != "head":
        if was:
            yield Change(ref, unit, unit.model_copy(update={"head": None}))
        return
    yield Change(ref, unit, unit.model_copy(update={"head": request.official}))
    if unit.head is not None and not was:
        if unit.head == change.caller.uid:
            raise refuse(
                "forbidden",
                "unit",
                "nobody changes their own record: you head this unit",
                "không ai tự thay đổi hồ sơ của mình",
            )
        previous = change.official(unit.head, "unit")
        stays = records.posted(previous, request.unit, request.start)
        yield _of(unit.head, previous, stays)


def _headless(change: _Change, uid: str, before: Official) -> Iterator[Change]:
    unit = change.unit(before.unit)
    if unit.head == uid:
        yield Change(refs.units(before.unit), unit, unit.model_copy(update={"head": None}))


def _corrected(change: _Change, request: Correct, uid: str) -> Iterator[Change]:
    before = change.official(uid, "officials")
    change.unit(request.right, "right")
    end = request.end
    after = records.corrected(before, request.wrong, request.right, request.start, end)
    if before.is_head and not after.is_head:
        yield from _headless(change, uid, before)
    yield _of(uid, before, after)


def _of(uid: str, before: Official, after: Official) -> Change:
    return Change(refs.officials(uid), before, after)


def _require_no_gap(before: Official, request: Transfer) -> None:
    end = before.postings[-1].end
    if end is not None and end < request.start and not request.after_gap:
        raise refuse(
            "conflict",
            "start",
            f"does not serve from {day(end)} until then: say after_gap if that is meant",
            f"không công tác từ {day(end)}; hãy xác nhận có gián đoạn",
        )


def _require_begun(moment: datetime, now: datetime, field: str) -> None:
    """Who serves where, and who heads what, is what the record says now."""
    if moment > now:
        raise refuse(
            "invalid",
            field,
            "lies in the future: enter it on the day",
            "chưa đến thời điểm này; hãy ghi vào đúng ngày",
        )


def _require_later(until: datetime, now: datetime) -> None:
    if until < now:
        raise refuse("invalid", "until", "lies in the past", "đã qua")


def _require_position(change: _Change, position: str | None) -> None:
    if position is not None and change.transaction.get(refs.positions(position)) is None:
        raise _unknown("position", position)


def _unknown(field: str, name: str) -> RefusedError:
    return refuse("missing", field, f"{name} does not exist", f"không tìm thấy {name}")
