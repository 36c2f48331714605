"""An organisation with a period of every state, written past the rules, and who asks in it."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import jwt

from infra.local.people import Client, id_token
from infra.local.stack import Stack
from shared import refs
from shared.models.appeal import Answer, Appeal
from shared.models.appraisal import UnitAppraisal
from shared.models.assignment import MOST_FACTS, Assignment, Delivery, Folded
from shared.models.correction import Correction
from shared.models.decision import Decision
from shared.models.device import Device
from shared.models.holidays import Holidays
from shared.models.imported import Imported
from shared.models.notice import Notice
from shared.models.official import Duty, Official, Posting, StandIn
from shared.models.position import Position
from shared.models.proposal import Registered
from shared.models.result import PeriodResult, UnitResult
from shared.models.scorecard import Assessment
from shared.models.sources import Sources
from shared.models.unit import Unit
from shared.ports import Write, put
from shared.scoring.digest import UNSEALED
from shared.scoring.record import sealed_notice
from shared.usecases.calendar import bounds
from shared.usecases.schemes import shipped
from tests import builders
from tests.access.table import STATES
from tests.builders import (
    SCHEME,
    a_contribution,
    a_correction,
    a_decision,
    a_measurement,
    a_product,
    a_result,
    a_scorecard,
    an_appraisal,
    an_assignment,
    delivered,
    full_marks,
)

LONG_AGO, FAR = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
PERIODS = {"open": "2026-10", "closing": "2026-09", "review": "2026-08", "final": "2026-07"}
OUTSIDE: dict[str, dict[str, Any]] = {
    "early": {"id": "2026-12", "state": "open", "self_from": FAR},
    "late": {"id": "2026-06", "state": "open", "self_until": LONG_AGO},
    "roll-up": {"id": "2026-04", "state": "open", "parts": ["2026-03"]},
    "handed on": {"id": "2026-02", "deputies_from": LONG_AGO, "above_from": LONG_AGO},
    "not yet": {"id": "2026-01", "deputies_from": FAR, "above_from": FAR},
    "heard": {"id": "2026-05", "state": "review", "petition_until": LONG_AGO},
}
"""Periods before or after a window, by what makes them so."""
NEXT = "2027-01"
"""Another open period, for what goes on later."""
ZONE = "Asia/Ho_Chi_Minh"
ALL_ROLES = ["administrator", "auditor", "authority", "head", "official", "organiser"]
FOLLOWED = "results/2026-03/corrections/chi_2"
WORK, LEFT_BEHIND, FULL = "w", "l", "f"
"""An's work, that whose approver has left, and that of which enough was said."""

UIDS = {
    "self": "an",
    "peer": "chi",
    "approver": "duy",
    "head": "binh",
    "above": "giam-doc",
    "other": "dung",
    "deputy": "hoa",
    "lapsed": "lam",
    "acting": "vinh",
    "organiser": "tu",
    "authority": "quyen",
    "admin": "tri",
    "auditor": "kiem",
    "left": "thoi",
}


@dataclass(frozen=True)
class Place:
    """Units `so` over `p1` (An's) and `p2`; everybody of the tables by their column."""

    stack: Stack
    serial: "count[int]" = field(default_factory=lambda: count(1))

    def as_(self, who: str) -> Client:
        """The column's person; the deputy's dates hold on the store's clock and on ours."""
        if who == "nobody":
            return Client(self.stack, {})
        if who == "left":
            return Client(self.stack, {"Authorization": f"Bearer {_old_token(self.stack)}"})
        return Client(self.stack, {"Authorization": f"Bearer {id_token(self.stack, UIDS[who])}"})

    def fresh(self) -> str:
        return f"n{next(self.serial)}"

    def new_assignment(self, state: str, official: str = "an") -> str:
        """Another piece of An's work, or a head's, for an operation that uses it up."""
        suffix = self.fresh()
        name = refs.assignment_id(PERIODS[state], "p1", official, suffix)
        self.write([put(refs.assignments(name), _work(state, official=official))])
        return name

    def new_proposal(self, state: str) -> str:
        """One more that An registered."""
        name = self.fresh()
        self.write([put(refs.proposals(name), _proposal(state))])
        return name

    def new_appeal(self, state: str) -> str:
        """A petition of An's that nobody has answered, about what somebody elsewhere decided."""
        name, now, period = self.fresh(), self.stack.clock.now(), PERIODS[state]
        appeal = Appeal(period=period, official="an", at=now, reason="xem lại")
        second = self.stack.wiring.store.get(refs.correction(period, "an", 2))
        assert second is not None
        decision = put(refs.decision(period, "an", 2), _decided(second))
        self.write([put(refs.appeals(name), appeal), decision])
        return name

    def write(self, writes: Iterable[Write]) -> None:
        self.stack.wiring.store.commit(list(writes))

    def delete(self, path: str) -> None:
        """Past the rules, as nothing in the product does."""
        Client(self.stack, {"Authorization": "Bearer owner"}).delete(path)


def build(stack: Stack) -> Place:
    place = Place(stack)
    stack.wiring.schemes.publish(shipped(SCHEME), stack.clock.now())
    now = datetime.now(UTC), stack.clock.now()
    place.write(put(refs.units(name), unit) for name, unit in _units().items())
    place.write(put(refs.officials(UIDS[who]), one) for who, one in _people(now).items())
    place.write(_shared())
    for state in STATES:
        place.write(_period(state))
    for one in OUTSIDE.values():
        start, end = bounds(one["id"], ZONE)
        period = builders.a_period(start=start, end=end, closes_at=end, **one)
        place.write([put(refs.periods(one["id"]), period)])
    place.write(_past_versions(OUTSIDE["heard"]["id"]))
    start, end = bounds(NEXT, ZONE)
    place.write(
        [put(refs.periods(NEXT), builders.a_period(id=NEXT, start=start, end=end, closes_at=FAR))]
    )
    return place


def _units() -> dict[str, Unit]:
    return {
        "so": Unit(name="Sở", path=["so"], head="giam-doc"),
        "p1": Unit(name="Phòng Một", parent="so", path=["so", "p1"], head="binh"),
        "p2": Unit(name="Phòng Hai", parent="so", path=["so", "p2"], head="dung"),
    }


def _people(clocks: tuple[datetime, datetime]) -> dict[str, Official]:
    def one(unit: str, *roles: str, **more: Any) -> Official:
        posting = Posting(unit=unit, start=LONG_AGO)
        record = {"name": unit, "roles": [*roles], "unit": unit, "postings": [posting]}
        return Official.model_validate({**record, "units": [unit], **more})

    def stint(start: int, end: int, unit: str = "p1") -> list[StandIn]:
        days = timedelta(days=1)
        return [StandIn(unit=unit, start=c + start * days, end=c + end * days) for c in clocks]

    return {
        "self": one("p1", "official", postings=_moved(), units=["p1", "p2"]),
        "peer": one("p1", "official", postings=[DEPUTY]),
        "approver": one("p2", "official"),
        "head": one(
            "p1", "official", "head", is_head=True, postings=_moved("head"), units=["p1", "p2"]
        ),
        "above": one("so", "official", "head", is_head=True),
        "other": one("p2", "official", "head", is_head=True),
        "deputy": one("p2", "official", stands_in=stint(-1, 1)),
        "lapsed": one("p2", "official", stands_in=stint(-3, -1)),
        "acting": one("p1", "official", stands_in=stint(-1, 1, "so")),
        "organiser": one("so", "official", "organiser"),
        "authority": one("so", "official", "authority"),
        "admin": one("so", "administrator"),
        "auditor": one("so", "auditor"),
        "left": one("p1", is_head=True),
    }


DEPUTY = Posting(unit="p1", start=LONG_AGO, duty="deputy")


def _moved(duty: Duty = "member") -> list[Posting]:
    """From one unit to the other, before every period."""
    moved = LONG_AGO + timedelta(days=365)
    before = Posting(unit="p2", start=LONG_AGO, end=moved, duty=duty)
    return [before, Posting(unit="p1", start=moved, duty=duty)]


def _shared() -> list[Write]:
    said = {"title": {"vi": "Sắp đến hạn", "en": "Due"}, "body": {"vi": "Còn", "en": "Left"}}
    told = {"kind": "due", "at": LONG_AGO, "digest": UNSEALED, **said}
    notice = sealed_notice(Notice.model_validate(told))
    device = Device(installation="t" * 22, language="vi", at=LONG_AGO)
    return [
        put(refs.catalogue("hs"), a_product()),
        put(refs.calendars("2026"), Holidays(year=2026, off=[], source=builders.a_source())),
        put(refs.positions("cv"), Position(title="Chuyên viên", products=["hs"])),
        put(refs.imported("one_1"), Imported(assignment=_name("open"))),
        put(refs.inbox("an")("one"), notice),
        put(refs.devices("an")("one"), device),
    ]


def _period(state: str) -> list[Write]:
    period = PERIODS[state]
    start, end = bounds(period, ZONE)
    record = {"id": period, "start": start, "end": end, "closes_at": end, "state": state}
    if state == "open":
        record |= {"closes_at": FAR, "self_from": LONG_AGO, "self_until": FAR}
    counts = dict.fromkeys(
        (
            "officials",
            "assignments",
            "entries",
            "not_assessed",
            "insufficient_data",
            "on_leave",
            "drift",
        ),
        1,
    )
    total: dict[str, Any] = {**counts, "ratings": {}, "root": "0" * 64, "digest": "0" * 64}
    sources = Sources(official="an", part=1, papers={}, work={})
    rows = {_name(state): a_contribution(delivered())}
    scored = {period: Assessment(criteria=full_marks())}
    card = a_scorecard(
        period=period, official="an", path=["so", "p1"], contributions=rows, assessments=scored
    )
    result = a_result(card, unit="p1")
    answer = Answer(by="tu", at=end, upheld=False, reason="đúng quy định")
    appeal = Appeal(period=period, official="an", at=start, reason="xem lại", answer=answer)
    second = a_correction(result, path=["so", "p1"], follows=[FOLLOWED], petition_until=FAR)
    return [
        put(refs.periods(period), builders.a_period(**record)),
        put(refs.assignments(_name(state)), _work(state)),
        put(refs.assignments(_name(state, LEFT_BEHIND)), _work(state, approver=UIDS["left"])),
        put(refs.assignments(_name(state, of=UIDS["head"])), _work(state, official=UIDS["head"])),
        *_judged(_name(state, of=UIDS["head"])),
        put(refs.proposals(period), _proposal(state)),
        put(refs.entries(_name(state))("e1"), builders.some_progress()),
        *_judged(_name(state)),
        *_judged(_name(state, LEFT_BEHIND)),
        put(refs.assignments(_name(state, FULL)), _full(state)),
        *_judged(_name(state, FULL)),
        *(
            put(refs.appraisal(period, uid), an_appraisal(period=period, official=uid))
            for uid in ("an", UIDS["head"])
        ),
        put(
            refs.unit_appraisal(period, "p1"),
            UnitAppraisal(period=period, unit="p1", by_head=builders.a_scoring()),
        ),
        *(
            put(refs.measurement(period, kind, subject), a_measurement(kind, subject, period))
            for kind, subject in (("official", "an"), ("unit", "p1"))
        ),
        put(refs.scorecard(period, "an"), card),
        put(refs.official_results(period)("an"), result),
        put(refs.correction(period, "an", 2), second),
        put(refs.decision(period, "an", 2), _decided(second)),
        put(refs.unit_results(period)("p1"), UnitResult(unit="p1", name="Phòng Một", **total)),
        put(refs.sources(period, sources), sources),
        put(
            refs.results(period),
            PeriodResult(
                period=period, scheme=SCHEME, units=1, rules="0" * 64, terms="0" * 64, **total
            ),
        ),
        put(refs.appeals(period), appeal),
    ]


def _past_versions(period: str) -> list[Write]:
    """Of An's result: one that may be contested no more."""
    card = a_scorecard(period=period, official="an", path=["so", "p1"])
    second = a_correction(
        a_result(card, unit="p1"), path=["so", "p1"], follows=[FOLLOWED], petition_until=LONG_AGO
    )
    return [
        put(refs.official_results(period)("an"), a_result(card, unit="p1")),
        put(refs.correction(period, "an", 2), second),
    ]


def _proposal(state: str) -> Registered:
    period = PERIODS[state]
    start, _ = bounds(period, ZONE)
    return Registered(period=period, official="an", unit="p1", at=start, title="Hòa giải")


def _judged(assignment: str) -> list[Write]:
    """A delivery, and what everybody returned of it."""
    entries = refs.entries(assignment)
    return [
        put(entries("s1"), builders.a_submission()),
        put(entries("x1"), builders.an_exemption_request()),
        *(
            put(entries(f"r-{by}"), builders.a_return(by=by, submission="s1"))
            for by in [*UIDS.values(), "other"]
        ),
    ]


def _decided(version: Correction) -> Decision:
    decision = a_decision(version.result, path=["so", "p1"])
    return decision.model_copy(update={"result": version.digest})


def _work(state: str, approver: str = UIDS["approver"], official: str = "an") -> Assignment:
    period = PERIODS[state]
    start, end = bounds(period, ZONE)
    terms: dict[str, Any] = {
        "period": period,
        "unit": "p1",
        "path": ["so", "p1"],
        "official": official,
        "approver": approver,
        "assigned_by": "binh",
        "product": "hs",
        "due": end,
        "period_end": end,
        "assigned_at": start,
        "evidence_for": ["exemption_requested"],
    }
    return an_assignment(**terms)


def _full(state: str) -> Assignment:
    delivery = Delivery(at=LONG_AGO, quantity=1)
    folded = Folded(submissions={f"s{n}": delivery for n in range(MOST_FACTS)})
    return _work(state).model_copy(update={"folded": folded})


def _name(state: str, suffix: str = WORK, of: str = "an") -> str:
    return refs.assignment_id(PERIODS[state], "p1", of, suffix)


def _old_token(stack: Stack) -> str:
    """Issued while every role was held, and valid for a while yet."""
    now = int(time.time())
    claims = {
        "iss": f"https://securetoken.google.com/{stack.project}",
        "aud": stack.project,
        "sub": UIDS["left"],
        "user_id": UIDS["left"],
        "auth_time": now,
        "iat": now,
        "exp": now + 3600,
        "roles": ALL_ROLES,
    }
    return jwt.encode(claims, key="", algorithm="none")
