"""Ask both Python and the rules engine about the same documents: they must agree.

`make fuzz N=10000 [SEED=1]`; a few hundred run with the tests.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import requests
from google.cloud.firestore_v1.field_path import FieldPath
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from pydantic import ValidationError
from rich.progress import Progress

from infra.local.emulator import FirestoreEmulator
from infra.local.people import encoded
from infra.local.stack import JAVA_OPTIONS, RULES
from rules.__main__ import CLIENT_WRITTEN
from shared.models.entry import CLIENT_ENTRY_ID, ENTRY_ID
from tests.rules.documents import Fields, Token, documents

DOER, JUDGE, UNIT = "an", "binh", "p1"
OPEN, REVIEWED = "2026-10", "2026-09"
ASSIGNMENT = f"{OPEN}_{UNIT}_{DOER}_w"
UNDER = {"entries": f"assignments/{ASSIGNMENT}/", "devices": f"officials/{DOER}/"}
"""Where a collection lies below a document."""
JUDGED = ("accepted", "returned", "corrected")
MOST = 1_000
"""Units: as many as an entry can name, so that only its shape decides."""
CHUNK = 500
"""Examples that one run of hypothesis draws."""

FRESH = ""
MODELS = {
    "entries": "Entry",
    "appraisals": "Appraisal",
    "appeals": "Petition",
    "devices": "Device",
    "proposals": "Proposal",
}
IDS = st.integers(0, 9).flatmap(
    lambda n: (
        st.just(FRESH)
        if n
        else st.sampled_from(["a b", "-a", "a_b", "é", "a" * 200, "a" * 201, "0.%+-", "A@"])
    )
)
"""Of documents; most examples get a fresh one."""


LINE, TEXT = "ệ" * 200, "ệ" * 2000
"""As long as may be."""
SIGNED: Fields = {"by": Token.CALLER, "at": Token.NOW}
_FULL: dict[str, Fields] = {
    "progress": {"percent": 100, "note": TEXT},
    "submission": {"quantity": 1000, "note": TEXT, "evidence": [LINE] * 5},
    "accepted": {"submission": "s" * 200, "beyond": True, "note": TEXT},
    "returned": {"submission": "s" * 200, "faults": 1000, "reason": TEXT},
    "corrected": {"returned": "s" * 200, "faults": 1000, "reason": TEXT},
    "exemption_requested": {"reason": TEXT, "evidence": [LINE] * 5},
}
LARGEST = {kind: {**SIGNED, "kind": kind, **more} for kind, more in _FULL.items()}
"""The largest entry of each kind that people write."""


@dataclass(frozen=True)
class Draft:
    """A document, where somebody would write it, and who."""

    collection: str
    id: str
    fields: Fields

    @property
    def caller(self) -> str:
        judged = self.fields.get("kind") in JUDGED or "by_head" in self.fields
        return JUDGE if judged else DOER


def _drafts() -> list[st.SearchStrategy[Draft]]:
    """Every way to write every document, each to be tried as often as any other."""
    place = st.just(f"{OPEN}_{DOER}")
    here = {"period": OPEN, "official": DOER}
    return [
        *_each("entries", IDS, lambda fields: fields),
        *_each("appraisals", place, lambda fields: _either_part({**fields, **here})),
        *_each("appeals", IDS, lambda fields: {**fields, "period": REVIEWED}),
        *_each("devices", IDS, lambda fields: fields),
        *_each("proposals", IDS, lambda fields: {**fields, "period": OPEN, **_where(fields)}),
    ]


def _each(
    collection: str, ids: st.SearchStrategy[str], placed: Callable[[Fields], Fields]
) -> list[st.SearchStrategy[Draft]]:
    ways = documents(CLIENT_WRITTEN[MODELS[collection]])
    return [st.builds(Draft, st.just(collection), ids, way.map(placed)) for way in ways]


def _either_part(fields: Fields) -> Fields:
    """A request signs one part, and a place of two parts names no other unit: policy both."""
    fields = {key: _in_turn(value) for key, value in fields.items() if key != "unit"}
    if fields.get("by_self") is None:
        return {key: value for key, value in fields.items() if key != "by_self"}
    return {key: value for key, value in fields.items() if key != "by_head"}


def _in_turn(part: Any) -> Any:  # whatever stands in a part's place
    """Without saying that it stands in for the head: who may is for the policy to say."""
    told = isinstance(part, dict) and part.get("in_place") in ("deputy", "above")
    return {key: one for key, one in part.items() if key != "in_place"} if told else part


def _where(fields: Fields) -> Fields:
    """Of the author's own unit, when of any: which one is for the policy to say."""
    unit = fields.get("unit")
    return {"unit": UNIT} if isinstance(unit, str) or unit is Token.CALLER else {}


WAYS = _drafts()


def accepted_by_models(draft: Draft) -> bool:
    """What Python says: the model's word, and the request's own time and caller."""
    adapter = CLIENT_WRITTEN[MODELS[draft.collection]]
    try:
        adapter.validate_python(_known(draft.fields, draft.caller))
        if draft.id and draft.collection != "appraisals":
            CLIENT_ENTRY_ID.validate_python(draft.id)
    except ValidationError:
        return False
    return _is_signed_by_caller(draft)


def is_entry_id(text: str) -> bool:
    try:
        ENTRY_ID.validate_python(text)
    except ValidationError:
        return False
    return True


def _is_signed_by_caller(draft: Draft) -> bool:
    """By the caller at the time of the request; of an appraisal, the one part it brings."""
    if draft.collection == "devices":
        return draft.fields["at"] is Token.NOW
    by = "official" if draft.collection in ("appeals", "proposals") else "by"
    part: Any = draft.fields
    if draft.collection == "appraisals":
        parts = [part[name] for name in ("by_self", "by_head") if name in part]
        part = parts[0] if len(parts) == 1 else None
    return (
        isinstance(part, dict)
        and part[by] in (Token.CALLER, draft.caller)
        and part["at"] is Token.NOW
    )


def _known(value: Any, caller: str) -> Any:
    """As the server would read it."""
    match value:
        case Token.NOW:
            return datetime.now(UTC)
        case Token.CALLER:
            return caller
        case dict():
            return {key: _known(one, caller) for key, one in value.items()}
        case list():
            return [_known(one, caller) for one in value]
    return value


@dataclass
class Engine:
    """The emulator with the rules under test, and a small organisation."""

    emulator: FirestoreEmulator
    project: str
    session: requests.Session = field(default_factory=requests.Session)
    written: int = 0
    accepted: int = 0

    def prepare(self, rules: str) -> None:
        self.emulator.set_rules(self.project, rules)
        path = [UNIT]
        work = {
            "official": DOER,
            "approver": JUDGE,
            "unit": UNIT,
            "path": path,
            "period": OPEN,
            "quantity": MOST,
        }
        documents: dict[str, Fields] = {
            f"units/{UNIT}": {"path": path},
            f"periods/{OPEN}": {"state": "open"},  # without windows, nothing else bounds it
            f"periods/{REVIEWED}": {"state": "review"},
            f"officials/{DOER}": {"unit": UNIT, "roles": ["official"]},
            f"officials/{JUDGE}": {"unit": UNIT, "roles": ["official", "head"], "is_head": True},
            f"assignments/{ASSIGNMENT}": work,
            f"results/{REVIEWED}/officials/{DOER}": {"unit": UNIT},
        }
        for place, fields in documents.items():
            self.lay(place, fields)

    def lay(self, place: str, fields: Fields) -> None:
        """A document past the rules, as the server writes it."""
        self._commit("owner", [self._update(place, fields, JUDGE)]).raise_for_status()

    def accepts(self, draft: Draft) -> bool:
        """Write it as its author would, and take it away again."""
        self.written += 1
        self._lay_ground(draft)
        under = UNDER.get(draft.collection, "")
        place = f"{under}{draft.collection}/{draft.id or f'fuzz-{self.written}'}"
        try:
            write = self._update(place, draft.fields, draft.caller)
        except ValueError:  # an integer that the store's own client cannot write
            return False
        answer = self._commit(_token(draft.caller), [write])
        assert answer.status_code in (200, 400, 403), answer.text
        if answer.status_code != requests.codes.ok:
            return False
        self._commit("owner", [{"delete": self._name(place)}]).raise_for_status()
        self.accepted += 1
        return True

    def _lay_ground(self, draft: Draft) -> None:
        """What it judges, corrects or contests is there, whatever it is called."""
        grounds = {
            "submission": {"kind": "submission", "quantity": MOST},
            "returned": {"kind": "returned", "by": JUDGE, "faults": MOST},
        }
        fields = _signed(draft.fields, draft.caller)
        for key, ground in grounds.items():
            name = fields.get(key)
            if fields.get("kind") in JUDGED and isinstance(name, str) and is_entry_id(name):
                self.lay(f"assignments/{ASSIGNMENT}/entries/{name}", ground)
        version = fields.get("version")
        if draft.collection == "appeals" and type(version) is int and version > 0:
            later = f"results/{REVIEWED}/corrections/{DOER}_{version}"
            self.lay(later, {"follows": ["results"]})

    def _commit(self, token: str, writes: list[dict[str, Any]]) -> requests.Response:
        return self.session.post(
            f"http://{self.emulator.host}/v1/{self._name('').rstrip('/')}:commit",
            json={"writes": writes},
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )

    def _name(self, place: str) -> str:
        return f"projects/{self.project}/databases/(default)/documents/{place}"

    def _update(self, place: str, fields: Fields, caller: str) -> dict[str, Any]:
        return {
            "update": {"name": self._name(place), "fields": encoded(_signed(fields, caller))},
            "updateTransforms": [
                {"fieldPath": FieldPath(*way).to_api_repr(), "setToServerValue": "REQUEST_TIME"}
                for way in _ways_to_now(fields)
            ],
        }


def _signed(value: Any, caller: str) -> Any:
    """With the caller's name; what gets the server's time is left to the transforms."""
    match value:
        case Token.CALLER:
            return caller
        case dict():
            kept = {key: one for key, one in value.items() if one is not Token.NOW}
            return {key: _signed(one, caller) for key, one in kept.items()}
        case list():  # no transform reaches into a list
            return [None if one is Token.NOW else _signed(one, caller) for one in value]
    return value


def _ways_to_now(fields: Fields) -> Iterator[tuple[str, ...]]:
    for key, value in fields.items():
        if value is Token.NOW:
            yield (key,)
        elif isinstance(value, dict):
            yield from ((key, *rest) for rest in _ways_to_now(value))


def _token(uid: str) -> str:
    roles = ["official", "head"] if uid == JUDGE else ["official"]
    claims = {"sub": uid, "user_id": uid, "roles": roles, "iat": 0, "exp": 2**40}
    return jwt.encode(claims, key="", algorithm="none")


def differ(engine: Engine, draft: Draft) -> str | None:
    """What one accepts and the other refuses; None when they agree."""
    python, rules = accepted_by_models(draft), engine.accepts(draft)
    if python == rules:
        return None
    yes, no = ("the models", "the rules") if python else ("the rules", "the models")
    return f"{yes} accept and {no} refuse {draft}"


def explore(
    engine: Engine, number: int, seed: int, seen: Callable[[], None] = lambda: None
) -> str | None:
    """The smallest document on which they differ, or None after so many that agree."""
    start = engine.written
    while engine.written - start < number:
        try:
            check(engine, min(CHUNK, number - (engine.written - start)), seed, seen=seen)
        except AssertionError as disagreement:
            return str(disagreement)
        seed += 1
    return None


def check(
    engine: Engine,
    examples: int,
    seed: int,
    *,
    ways: list[st.SearchStrategy[Draft]] = WAYS,
    seen: Callable[[], None] = lambda: None,
) -> None:
    """Raise AssertionError with the smallest document on which they differ."""
    drafts = st.integers(0, len(ways) - 1).flatmap(ways.__getitem__)

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(drafts)
    def agree(draft: Draft) -> None:
        seen()
        found = differ(engine, draft)
        assert found is None, found

    agree()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--rules", type=Path, default=RULES)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as logs, Progress() as progress:
        bar = progress.add_task("documents", total=arguments.number)
        with FirestoreEmulator(log=Path(logs) / "log", java_options=JAVA_OPTIONS) as emulator:
            engine = Engine(emulator, "demo-fuzz")
            engine.prepare(arguments.rules.read_text("utf-8"))
            found = explore(engine, arguments.number, arguments.seed, lambda: progress.advance(bar))
    say(f"documents: {engine.written}, disagreements: {int(found is not None)}")
    say(f"accepted by both: {engine.accepted}, seed: {arguments.seed}")
    if found is not None:
        say(found)
    return int(found is not None)


if __name__ == "__main__":
    sys.exit(main())
