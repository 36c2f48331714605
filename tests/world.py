"""A small organisation on a running system, and the calls people make in it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import requests

from infra.local.people import Client, person
from infra.local.stack import Stack
from shared import refs
from shared.models.base import Document
from shared.models.catalogue import Product
from shared.models.official import Official, Posting
from shared.models.position import Position
from shared.models.scorecard import Scorecard
from shared.models.unit import Unit
from shared.ports import put
from shared.refs import Ref
from shared.usecases.recorded import seed
from shared.usecases.schemes import shipped

MONTH = "2026-10"
BEGIN = datetime(2026, 9, 30, 18, tzinfo=UTC)
DUE = datetime(2026, 10, 20, 10, tzinfo=UTC)
AFTER_CLOSE = datetime(2026, 11, 11, 18, tzinfo=UTC)
"""Of the shipped scheme's windows: three and five working days after the month."""
AFTER_PETITIONS = datetime(2026, 11, 30, 18, tzinfo=UTC)
SCHEME = "decree-335@1"
ASKS_NOTHING = {"personal_data"}
"""Answers whoever calls without saying anything: with what is known of themselves."""
CRITERIA = ("conduct", "competence", "initiative")

KEYS = count(1)


@dataclass(frozen=True)
class World:
    """Units: `so` over `p1` (head binh; an, chi) and `p2` (head dung; em); organiser `tu`."""

    stack: Stack

    def as_(self, uid: str) -> Client:
        return person(self.stack, uid)

    def assign(
        self, by: str, *officials: str, key: str | None = None, **work: Any
    ) -> requests.Response:
        order = {"to": {"officials": list(officials)}, "product": "hs", "due": DUE.isoformat()}
        body = {"action": "assign", "period": MONTH, "work": [{**order, **work}]}
        return self.as_(by).post("assign", body, key=key or new_key())

    def assigned(self, official: str, *, by: str | None = None, **work: Any) -> str:
        """The id of a new assignment of this official, given by their head or whoever is named."""
        answer = self.assign(by or HEADS[official], official, **work)
        assert answer.status_code == requests.codes.ok, answer.text
        assignment: str = answer.json()["assignments"][0]
        return assignment

    def append(self, who: str, assignment: str, entry_id: str, **entry: Any) -> requests.Response:
        body = {"assignment": assignment, "id": entry_id, "entry": entry}
        return self.as_(who).post("progress", body)

    def append_in_store(
        self, who: str, assignment: str, entry_id: str, **entry: Any
    ) -> requests.Response:
        path, fields = f"assignments/{assignment}/entries/{entry_id}", {**entry, "by": who}
        return self.as_(who).write(path, fields, times=["at"])

    def demand_evidence(self) -> None:
        """From now on work of the product counts only with evidence."""
        product = self.stack.wiring.store.get(refs.catalogue("hs"))
        assert product is not None
        demanding = product.model_copy(update={"evidence": True})
        self.stack.wiring.store.commit([put(refs.catalogue("hs"), demanding)])

    def deliver(self, official: str, assignment: str, entry_id: str = "s1") -> None:
        """Deliver one unit and have the head accept it."""
        submitted = self.append(official, assignment, entry_id, kind="submission", quantity=1)
        accepted = self.append(
            HEADS[official], assignment, f"ok-{entry_id}", kind="accepted", submission=entry_id
        )
        assert submitted.status_code == accepted.status_code == requests.codes.ok

    def appraise(
        self, head: str, official: str, points: int = 900, **more: Any
    ) -> requests.Response:
        """Score every criterion, straight in the store."""
        scores = dict.fromkeys(CRITERIA, points)
        scoring = {"by": head, "scores": scores, "note": "làm tốt, đúng hạn", **more}
        fields = {"period": MONTH, "official": official, "by_head": scoring}
        path = f"appraisals/{MONTH}_{official}"
        return self.as_(head).write(path, fields, times=["by_head.at"])

    def score_self(self, official: str) -> requests.Response:
        fields = {"by": official, "scores": dict.fromkeys(CRITERIA, 950)}
        return self.as_(official).write(
            f"appraisals/{MONTH}_{official}",
            {"period": MONTH, "official": official, "by_self": fields},
            times=["by_self.at"],
        )

    def petition(self, official: str, name: str) -> requests.Response:
        fields = {"period": MONTH, "official": official, "reason": "xem lại"}
        return self.as_(official).write(f"appeals/{name}", fields, times=["at"])

    def card(self, official: str) -> Scorecard | None:
        self.stack.drain(30)
        return self.stack.wiring.store.get(refs.scorecard(MONTH, official))

    def close(self) -> None:
        self.stack.drain(30)
        self.stack.clock.advance(AFTER_CLOSE)
        self.stack.drain(60)


HEADS = {"an": "binh", "chi": "binh", "em": "dung", "binh": "giam-doc", "dung": "giam-doc"}


def new_key() -> str:
    return f"key-{next(KEYS)}"


def populate(stack: Stack) -> World:
    """Write the organisation and open the month."""
    seed(stack.wiring.store, stack.clock.now(), organisation())
    stack.wiring.schemes.publish(shipped(SCHEME), stack.clock.now())
    world = World(stack)
    body = {"action": "open", "period": MONTH, "scheme": SCHEME}
    answer = world.as_("tu").post("period", body, key=new_key())
    assert answer.status_code == requests.codes.ok, answer.text
    return world


def organisation() -> list[tuple[Ref[Any], Document]]:
    product = Product(title="Hồ sơ", measure="hồ sơ", group=1, points=100, k=1000)
    heavy = Product(title="Đề án", measure="đề án", group=5, points=500, k=5000)
    return [
        *((refs.units(name), unit) for name, unit in units().items()),
        *((refs.officials(uid), official) for uid, official in officials().items()),
        (refs.catalogue("hs"), product),
        (refs.catalogue("da"), heavy),
        (refs.positions("cv"), Position(title="Chuyên viên", products=["hs", "da"])),
    ]


def units() -> dict[str, Unit]:
    return {
        "so": Unit(name="Sở", path=["so"], head="giam-doc"),
        "p1": Unit(name="Phòng Một", parent="so", path=["so", "p1"], head="binh"),
        "p2": Unit(name="Phòng Hai", parent="so", path=["so", "p2"], head="dung"),
    }


def officials() -> dict[str, Official]:
    return {
        "giam-doc": an_official("Giám đốc", "so", roles=["official", "head"], is_head=True),
        "tu": an_official("Tú", "so", roles=["official", "organiser"]),
        "kiem": an_official("Kiểm", "so", roles=["auditor"]),
        "binh": an_official("Bình", "p1", roles=["official", "head"], is_head=True),
        "an": an_official("An", "p1", position="cv"),
        "chi": an_official("Chi", "p1", position="cv"),
        "dung": an_official("Dũng", "p2", roles=["official", "head"], is_head=True),
        "em": an_official("Em", "p2", position="cv"),
    }


def an_official(name: str, unit: str, **more: Any) -> Official:
    posting = Posting(unit=unit, start=datetime(2020, 1, 1, tzinfo=UTC))
    values: dict[str, Any] = {"roles": ["official"], **more}
    return Official(name=name, unit=unit, postings=[posting], units=[unit], **values)
