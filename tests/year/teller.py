"""Plays the story through the functions and the store, each step as the person who takes it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import requests
from pydantic import TypeAdapter

from infra.local.people import Client, sign_in
from infra.local.stack import Stack
from shared import refs
from shared.models.base import Document
from shared.models.catalogue import Product
from shared.models.official import Official, Posting, Role
from shared.models.unit import Unit
from shared.refs import Ref
from shared.usecases.recorded import seed
from shared.usecases.schemes import shipped
from tests.year.story import (
    PERIODS,
    PRODUCTS,
    YEAR,
    Event,
    Mark,
    Person,
    Petition,
    Piece,
    Story,
    begin,
    end,
    local,
)

SCHEME = "decree-335@1"
PATIENCE = 300
ORGANISER, AUTHORITY, ADMINISTRATOR = "tinh-1", "tinh-2", "tinh-3"
REASON = "theo quyết định"
JOINED = local(2015, 1, 1)
"""The Party, those who did."""
REVIEW = timedelta(days=8)
"""From a period's end to its lock."""


class Step(NamedTuple):
    at: datetime
    take: Callable[[], None]
    ruled: bool = False
    """Straight in the store, whose rules must know the time."""


@dataclass
class Teller:
    stack: Stack
    story: Story
    assignments: dict[str, str] = field(default_factory=dict)
    """Piece → assignment, as the function answered."""
    clients: dict[str, Client] = field(default_factory=dict)

    def tell(self) -> None:
        """The whole year, in the order of time; what falls together in the order of the story."""
        self._settle_in()
        for step in sorted(self._steps(), key=attrgetter("at")):
            self.stack.clock.advance(step.at, told=step.ruled)
            step.take()
        self._roll_up()

    def _roll_up(self) -> None:
        """The year, pooled from its months and quarters."""
        body = {"action": "open", "period": YEAR, "scheme": SCHEME, "parts": PERIODS}
        self.ask(ORGANISER, "period", body, f"open-{YEAR}")
        self._review(YEAR)

    def ask(self, who: str, function: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        return _answer(body, self._client(who).post(function, body, key=key))

    def _client(self, uid: str) -> Client:
        if uid not in self.clients:
            self.clients[uid] = sign_in(self.stack, uid)
        return self.clients[uid]

    # The organisation

    def _settle_in(self) -> None:
        start = begin(YEAR) - timedelta(days=30)
        self.stack.clock.advance(start)
        self.stack.wiring.schemes.publish(shipped(SCHEME), start)
        seed(self.stack.wiring.store, start, self._documents())
        self.stack.drain(PATIENCE)

    def _documents(self) -> Iterator[tuple[Ref[Any], Document]]:
        for name in self.story.units:
            path = self._path(name)
            head = self.story.head(name)
            yield refs.units(name), Unit(name=name, path=path, parent=self._above(name), head=head)
        for product, k in PRODUCTS.items():
            item = Product(title=product, measure="hồ sơ", group=1, points=k // 10, k=k)
            yield refs.catalogue(product), item
        for uid, person in self.story.people.items():
            if person.moves[0].start < begin(YEAR):
                yield refs.officials(uid), _record(person)

    def _above(self, unit: str) -> str | None:
        return self.story.units[unit]

    def _path(self, unit: str) -> list[str]:
        above = self._above(unit)
        return [*(self._path(above) if above else []), unit]

    # The steps

    def _steps(self) -> Iterator[Step]:
        for period in PERIODS:
            yield from self._of_period(period)
        for person in self.story.people.values():
            yield from self._career(person)
        for piece in self.story.pieces:
            for event in piece.events:
                yield Step(event.at, lambda p=piece, e=event: self._happen(p, e))  # type: ignore[misc]  # binds now
        for mark in self.story.marks:
            yield Step(mark.at, lambda m=mark: self._mark(m), ruled=True)  # type: ignore[misc]  # binds now
        for number, fact in enumerate(self.story.reprimands):
            body = {"action": "enter_fact", "official": fact.official, "kind": "reprimand"}
            yield self._kept(AUTHORITY, fact.at, {**body, "at": fact.at.isoformat()}, number)

    def _of_period(self, period: str) -> Iterator[Step]:
        yield Step(begin(period), lambda: self._open(period))
        pieces = [piece for piece in self.story.pieces if piece.period == period]
        given = attrgetter("given", "giver")
        for _, group in groupby(sorted(pieces, key=given), key=given):
            together = list(group)
            yield Step(together[0].given, lambda t=together: self._assign(t))  # type: ignore[misc]  # binds now
        locked = end(period) + REVIEW
        yield Step(locked + timedelta(hours=1), lambda: self._review(period))
        for number, petition in enumerate(self.story.petitions):
            if petition.period == period:
                filed = locked + timedelta(days=1, hours=number)
                yield Step(
                    filed,
                    lambda p=petition, n=number: self._file(p, n),  # type: ignore[misc]  # binds now
                    ruled=True,
                )
                yield Step(
                    filed + timedelta(days=2),
                    lambda p=petition, n=number: self._hear(p, n),  # type: ignore[misc]  # binds now
                )
        yield Step(locked + timedelta(days=20), lambda: self._confirm(period))

    def _career(self, person: Person) -> Iterator[Step]:
        """What the administrator keeps: transfers, leave, arrivals and departures."""
        first, *moves = person.moves
        bodies: list[tuple[datetime, dict[str, Any]]] = [
            (move.start, {"action": "transfer", "unit": move.unit, "start": move.start})
            for move in moves
        ]
        if first.start >= begin(YEAR):
            new: dict[str, Any] = {"action": "enrol", "name": person.uid, "roles": person.roles}
            party = {"party_since": JOINED} if person.party else {}
            new |= {"unit": first.unit, "start": first.start, **party}
            bodies.append((first.start, new))
        for start, until in person.leave:
            known = start - timedelta(days=5)
            bodies.append((known, {"action": "leave", "start": start, "end": until}))
        if person.gone is not None:
            bodies.append((person.gone, {"action": "depart", "end": person.gone}))
        for number, (at, body) in enumerate(bodies):
            told = {key: _plain(value) for key, value in body.items()}
            yield self._kept(ADMINISTRATOR, at, {**told, "official": person.uid}, number)

    def _kept(self, by: str, at: datetime, body: dict[str, Any], number: int) -> Step:
        key = f"{body['action']}-{body['official']}-{number}"
        return Step(at, lambda: _ignore(self.ask(by, "people", {**body, "reason": REASON}, key)))

    def _open(self, period: str) -> None:
        closes_at = (end(period) + REVIEW).isoformat()
        body = {"action": "open", "period": period, "scheme": SCHEME, "closes_at": closes_at}
        self.ask(ORGANISER, "period", body, f"open-{period}")

    def _assign(self, pieces: list[Piece]) -> None:
        work = [
            {
                "to": {"officials": [piece.doer]},
                "product": piece.product,
                "quantity": piece.quantity,
                "due": piece.due.isoformat(),
            }
            for piece in pieces
        ]
        body = {"action": "assign", "period": pieces[0].period, "work": work}
        answer = self.ask(pieces[0].giver, "assign", body, pieces[0].key)
        keys = [piece.key for piece in pieces]
        self.assignments |= dict(zip(keys, answer["assignments"], strict=True))

    def _happen(self, piece: Piece, event: Event) -> None:
        assignment = self.assignments[piece.key]
        if event.what in ENTRIES:
            body = {"assignment": assignment, "id": event.id, "entry": ENTRIES[event.what](event)}
            _answer(body, self._client(event.by).post("progress", body))
        else:
            body = {"assignment": assignment, "reason": REASON, **AMENDMENTS[event.what](event)}
            self.ask(event.by, "assign", body, event.id)

    def _mark(self, mark: Mark) -> None:
        """Straight in the store; of a unit where the person serves no more, apart."""
        here = self.story.people[mark.official].moves
        now = [move.unit for move in here if move.start <= mark.at][-1]
        unit = {} if mark.unit == now else {"unit": mark.unit}
        said = {"statements": mark.statements} if mark.statements else {}
        fields = {
            "period": mark.period,
            "official": mark.official,
            **unit,
            "by_head": {"by": mark.by, "scores": mark.scores, **said},
        }
        path = "_".join([f"appraisals/{mark.period}", mark.official, *unit.values()])
        _answer(fields, self._client(mark.by).write(path, fields, times=["by_head.at"]))

    def _review(self, period: str) -> None:
        """Units wait for those below them, so a step may come again a moment later."""
        self.stack.drain(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while self._state(period) != "review":
            assert time.monotonic() < deadline, f"{period} did not close"
            time.sleep(0.1)

    def _state(self, period: str) -> str | None:
        standing = self.stack.wiring.store.get(refs.periods(period))
        return None if standing is None else standing.state

    def _file(self, petition: Petition, number: int) -> None:
        fields = {"period": petition.period, "official": petition.official, "reason": "xem lại"}
        client = self._client(petition.official)
        _answer(fields, client.write(f"appeals/petition-{number}", fields, times=["at"]))
        self.stack.drain(PATIENCE)

    def _hear(self, petition: Petition, number: int) -> None:
        """Upheld where an objective cause was overlooked, declined otherwise."""
        waived = {"kind": "waive", "lates": petition.lates, "faults": 0}
        corrects = (
            [{**waived, "assignment": self.assignments[petition.piece]}] if petition.piece else []
        )
        body = {"appeal": f"petition-{number}", "upheld": bool(corrects), "corrects": corrects}
        self.ask(AUTHORITY, "appeal", {**body, "reason": REASON}, f"hear-{number}")

    def _confirm(self, period: str) -> None:
        self.ask(ORGANISER, "period", {"action": "confirm", "period": period}, f"final-{period}")


ENTRIES: dict[str, Callable[[Event], dict[str, Any]]] = {
    "deliver": lambda e: {"kind": "submission", "quantity": e.units},
    "accept": lambda e: {"kind": "accepted", "submission": e.of, "beyond": e.beyond},
    "return": lambda e: {
        "kind": "returned",
        "submission": e.of,
        "faults": e.faults,
        "reason": REASON,
    },
    "ask": lambda e: {"kind": "exemption_requested", "reason": REASON, "evidence": ["công văn"]},
}
AMENDMENTS: dict[str, Callable[[Event], dict[str, Any]]] = {
    "move": lambda e: {"action": "move_deadline", "due": _plain(e.due)},
    "cancel": lambda e: {"action": "cancel"},
    "waive": lambda e: {
        "action": "decide_exemption",
        "request": e.of,
        "lates_waived": e.units,
        "faults_waived": 0,
    },
}


def _record(person: Person) -> Official:
    unit, start = person.moves[0]
    head = person.duty == "head"
    roles = [*person.roles, *(["head"] if head else [])]
    return Official(
        name=person.uid,
        roles=TypeAdapter(list[Role]).validate_python(roles),
        unit=unit,
        is_head=head,
        postings=[Posting(unit=unit, start=start, duty="head" if head else "member")],
        units=[unit],
        party_since=JOINED if person.party else None,
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _answer(asked: object, answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == requests.codes.ok, f"{asked}: {answer.status_code} {answer.text}"
    told: dict[str, Any] = answer.json()
    return told


def _ignore(_: object) -> None:
    """Steps answer nothing."""
