"""Attacks on the store, over REST, gRPC and the clients' own SDK: refused, and nothing written.

Each alone, in a batch behind a write that is allowed, and in a transaction.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import jwt
import pytest
import requests
from google.api_core.exceptions import GoogleAPICallError, PermissionDenied
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport
from google.cloud.firestore_v1.types import CommitRequest, RunQueryRequest
from google.protobuf import json_format

from infra.local.auth import TOOLS
from infra.local.clock import AdvancedClock
from infra.local.people import encoded
from infra.local.stack import Emulators, attached
from shared import refs
from tests.access.place import PERIODS, UIDS, Place, build
from tests.world import BEGIN, CRITERIA

SCRIPT = Path(__file__).with_name("attack.mjs")
WORK = f"assignments/{PERIODS['open']}_p1_an_w"
CLOSED = f"assignments/{PERIODS['closing']}_p1_an_w"
LONG_AGO = datetime(2026, 10, 2, tzinfo=UTC)
REFUSED = "permission-denied"
MODES = ("alone", "batch", "transaction")


@dataclass(frozen=True)
class Write:
    """`set` replaces, `merge` changes the fields given; `times` get the server's time."""

    path: str
    fields: dict[str, Any] = field(default_factory=dict)
    kind: str = "set"
    times: tuple[str, ...] = ()
    increments: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Query:
    path: str
    where: tuple[str, str, str] | None = None
    group: bool = False


@dataclass(frozen=True)
class Attack:
    name: str
    who: str
    writes: tuple[Write, ...] = ()
    query: Query | None = None


def entry(by: str, kind: str, *, work: str = WORK, name: str = "bad", **fields: Any) -> Write:
    path = f"{work}/entries/{name}"
    times = () if "at" in fields else ("at",)
    return Write(path, {"by": UIDS[by], "kind": kind, **fields}, times=times)


def scoring(by: str) -> dict[str, Any]:
    return {"by": UIDS[by], "at": LONG_AGO, "scores": dict.fromkeys(CRITERIA, 1000)}


ALLOWED = entry("self", "progress", name="good", percent=5)
"""What An may write, to hide the others behind."""
ACCEPT = {"submission": "s1"}
CARD, ROLES = f"scorecards/{PERIODS['open']}_an", ["official", "organiser"]
OF_HEAD = f"assignments/{PERIODS['open']}_p1_binh_w"
MINE = f"assignments/{PERIODS['open']}_p1_an_forged"
ATTACKS = [
    Attack("a score", "self", (Write(CARD, {"total": 10_000}, "merge"),)),
    Attack("a score, added to", "self", (Write(CARD, {}, "merge", increments={"total": 1}),)),
    Attack("a new scorecard", "self", (Write("scorecards/2026-11_an", {"total": 10_000}),)),
    Attack("a result", "self", (Write(f"results/{PERIODS['final']}/officials/an", {"x": 1}),)),
    Attack("a foreign entry", "peer", (entry("peer", "progress", percent=5),)),
    Attack("in another's name", "self", (entry("head", "accepted", **ACCEPT),)),
    Attack("back-dated", "self", (entry("self", "submission", quantity=1, at=LONG_AGO),)),
    Attack("a forged time", "self", (entry("self", "progress", at=datetime.now(UTC)),)),
    Attack("after the close", "self", (entry("self", "progress", work=CLOSED, percent=5),)),
    Attack("a changed entry", "self", (Write(f"{WORK}/entries/e1", {"percent": 99}, "merge"),)),
    Attack("a field more", "self", (Write(f"{WORK}/entries/e1", {"score": 99}, "merge"),)),
    Attack("a deleted entry", "self", (Write(f"{WORK}/entries/e1", kind="delete"),)),
    Attack("approving own work", "self", (entry("self", "accepted", **ACCEPT),)),
    Attack("a head outside the subtree", "other", (entry("other", "accepted", **ACCEPT),)),
    Attack("a deputy no more", "lapsed", (entry("lapsed", "accepted", **ACCEPT),)),
    Attack(
        "the work of the head for whom one stands in",
        "deputy",
        (entry("deputy", "accepted", work=OF_HEAD, **ACCEPT),),
    ),
    Attack(
        "the score of the head for whom one stands in",
        "deputy",
        (
            Write(
                f"appraisals/{PERIODS['open']}_binh",
                {"by_head": {"by": UIDS["deputy"], "scores": dict.fromkeys(CRITERIA, 1000)}},
                "merge",
                ("by_head.at",),
            ),
        ),
    ),
    Attack(
        "results before they are published",
        "head",
        query=Query(f"results/{PERIODS['closing']}/officials", ("unit", "==", "p1")),
    ),
    Attack(
        "a petition without a result",
        "peer",
        (
            Write(
                "appeals/bad",
                {"period": PERIODS["review"], "official": "chi", "reason": "xem lại"},
                times=("at",),
            ),
        ),
    ),
    Attack("a decision", "head", (entry("head", "cancelled", quantity=1, reason="không cần"),)),
    Attack("a role", "self", (Write("officials/an", {"roles": ROLES}, "merge"),)),
    Attack("a deadline", "self", (Write(WORK, {"k": 9000}, "merge", times=("due",)),)),
    Attack("a folded state", "self", (Write(WORK, {"folded": {}}, "merge"),)),
    Attack(
        "own work made up, and reported in one go",
        "self",
        (
            Write(MINE, {"official": "an", "approver": "chi", "path": ["p1"], "period": "2026-10"}),
            entry("self", "submission", work=MINE, quantity=1),
        ),
    ),
    Attack(
        "a period opened, and reported in one go",
        "self",
        (
            Write(f"periods/{PERIODS['closing']}", {"state": "open"}, "merge"),
            entry("self", "progress", work=CLOSED, percent=5),
        ),
    ),
    Attack(
        "headship taken, and used in one go",
        "other",
        (
            Write("officials/dung", {"unit": "p1"}, "merge"),
            entry("other", "accepted", **ACCEPT),
        ),
    ),
    Attack(
        "the head's score by oneself",
        "self",
        (
            Write(
                f"appraisals/{PERIODS['open']}_an",
                {"by_head": scoring("self")},
                "merge",
            ),
        ),
    ),
    Attack("an appraisal removed", "self", (Write("appraisals/2026-10_an", kind="delete"),)),
    Attack("an audit record removed", "organiser", (Write("audit/one", kind="delete"),)),
    Attack("every assignment", "self", query=Query("assignments")),
    Attack("another's work", "self", query=Query("assignments", ("official", "==", "chi"))),
    Attack("every scorecard", "head", query=Query("scorecards")),
    Attack("others' scorecards", "peer", query=Query("scorecards", ("official", "==", "an"))),
    Attack("every appraisal", "head", query=Query("appraisals")),
    Attack("every entry", "auditor", query=Query("entries", group=True)),
    Attack("entries by author", "peer", query=Query("entries", ("by", "==", "an"), group=True)),
    Attack("another unit's people", "other", query=Query("officials", ("unit", "==", "p1"))),
    Attack("an inbox", "head", query=Query("officials/an/inbox")),
]

Way = Callable[[Place, list[Attack], str], dict[str, str]]
"""Carries attacks out in a mode; gives each one's outcome."""


@pytest.fixture(scope="module")
def place(google: Emulators) -> Iterator[Place]:
    with ExitStack() as exits:
        clock = AdvancedClock(BEGIN)
        yield build(exits.enter_context(attached(google, clock=clock, project="demo-attacks")))


def over_rest(place: Place, attacks: list[Attack], mode: str) -> dict[str, str]:
    return {one.name: _rest(place, one, mode) for one in attacks}


def _rest(place: Place, attack: Attack, mode: str) -> str:
    client, session = place.as_(attack.who), requests.Session()
    url = f"http://{place.stack.google.store.host}/v1/{_root(place)}"

    def post(verb: str, body: dict[str, Any], parent: str = "") -> requests.Response:
        return session.post(f"{url}{parent}:{verb}", json=body, headers=client.headers, timeout=30)

    if attack.query is not None:
        parent, query = _structured(attack.query)
        answer = post("runQuery", {"structuredQuery": query}, parent and f"/{parent}")
    else:
        body: dict[str, Any] = {"writes": _commit_writes(place, attack, mode)}
        if mode == "transaction":
            body["transaction"] = post("beginTransaction", {}).json()["transaction"]
        answer = post("commit", body)
    return REFUSED if answer.status_code == requests.codes.forbidden else answer.text


def over_grpc(place: Place, attacks: list[Attack], mode: str) -> dict[str, str]:
    with grpc.insecure_channel(place.stack.google.store.host) as channel:
        client = FirestoreClient(transport=FirestoreGrpcTransport(channel=channel))
        return {one.name: _grpc(place, client, one, mode) for one in attacks}


def _grpc(place: Place, client: FirestoreClient, attack: Attack, mode: str) -> str:
    metadata = [("authorization", place.as_(attack.who).headers["Authorization"])]
    database = _root(place).removesuffix("/documents")
    try:
        if attack.query is not None:
            parent, query = _structured(attack.query)
            request = {"parent": "/".join(filter(None, [_root(place), parent]))}
            wanted = RunQueryRequest.from_json(json.dumps({**request, "structuredQuery": query}))
            list(client.run_query(wanted, metadata=metadata))
        else:
            writes = _commit_writes(place, attack, mode)
            commit = CommitRequest()
            json_format.ParseDict({"database": database, "writes": writes}, commit._pb)
            if mode == "transaction":
                begun = client.begin_transaction({"database": database}, metadata=metadata)
                commit.transaction = begun.transaction
            client.commit(commit, metadata=metadata)
    except PermissionDenied:
        return REFUSED
    except GoogleAPICallError as error:
        return str(error)
    return "accepted"


def with_sdk(place: Place, attacks: list[Attack], mode: str) -> dict[str, str]:
    """All in one process of Node: it takes a second to start."""
    host, _, port = place.stack.google.store.host.partition(":")
    told = {
        "host": host,
        "port": int(port),
        "project": place.stack.project,
        "attacks": [_told(place, one, mode) for one in attacks],
    }
    done = subprocess.run(
        [shutil.which("node") or "node", str(SCRIPT), str(TOOLS)],
        input=json.dumps(told, default=lambda at: {"time": at.isoformat()}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcomes: dict[str, str] = json.loads(done.stdout)
    return outcomes


def _told(place: Place, attack: Attack, mode: str) -> dict[str, Any]:
    token = place.as_(attack.who).headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    kept = {name: claims[name] for name in ("sub", "user_id", "roles")}
    writes = [asdict(write) for write in _hidden(attack, mode)]
    query = attack.query and asdict(attack.query)
    told = {"name": attack.name, "claims": kept, "mode": mode, "writes": writes, "query": query}
    return {**told, "reads": "periods/2026-10"}


def _hidden(attack: Attack, mode: str) -> tuple[Write, ...]:
    return (ALLOWED, *attack.writes) if mode == "batch" and attack.who == "self" else attack.writes


def _commit_writes(place: Place, attack: Attack, mode: str) -> list[dict[str, Any]]:
    return [_json(place, write) for write in _hidden(attack, mode)]


def _json(place: Place, write: Write) -> dict[str, Any]:
    name = f"{_root(place)}/{write.path}"
    if write.kind == "delete":
        return {"delete": name}
    times = [{"fieldPath": one, "setToServerValue": "REQUEST_TIME"} for one in write.times]
    sums = [
        {"fieldPath": one, "increment": {"integerValue": str(by)}}
        for one, by in write.increments.items()
    ]
    update = {"name": name, "fields": encoded(write.fields)}
    mask = {"updateMask": {"fieldPaths": sorted(write.fields)}} if write.kind == "merge" else {}
    return {"update": update, "updateTransforms": times + sums, **mask}


def _structured(query: Query) -> tuple[str, dict[str, Any]]:
    parent, _, collection = query.path.rpartition("/")
    structured: dict[str, Any] = {
        "from": [{"collectionId": collection, "allDescendants": query.group}]
    }
    if query.where is not None:
        name, _, value = query.where
        equal = {"field": {"fieldPath": name}, "op": "EQUAL", "value": {"stringValue": value}}
        structured["where"] = {"fieldFilter": equal}
    return parent, structured


def _root(place: Place) -> str:
    return f"projects/{place.stack.project}/databases/(default)/documents"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", [over_rest, over_grpc, with_sdk])
def test_every_attack_is_refused_and_nothing_is_written(place: Place, way: Way, mode: str) -> None:
    before = contents(place)
    assert way(place, ATTACKS, mode) == {attack.name: REFUSED for attack in ATTACKS}
    assert contents(place) == before


@pytest.mark.parametrize("way", [over_rest, over_grpc, with_sdk])
def test_what_the_attacks_hide_behind_is_itself_allowed(place: Place, way: Way) -> None:
    good = Attack("good", "self", (ALLOWED,))
    assert way(place, [good], "alone")["good"] != REFUSED
    assert f"{WORK}/entries/good" in contents(place)
    place.delete(f"{WORK}/entries/good")


def test_a_key_used_again_for_something_else_is_refused(place: Place) -> None:
    work = [{"to": {"officials": ["an"]}, "product": "hs", "due": "2026-10-20T03:00:00Z"}]
    body = {"action": "assign", "period": "2026-10", "work": work}
    head = place.as_("head")
    assert head.post("assign", body, key="again").ok
    before = contents(place)
    answer = head.post("assign", {**body, "work": work * 2}, key="again")
    assert (answer.status_code, answer.json()["title"]) == (422, "key-reused")
    assert contents(place) == before


def contents(place: Place) -> dict[str, Any]:
    """Every document of the project."""
    store = place.stack.wiring.store
    collections: list[refs.Collection[Any]] = [
        refs.units,
        refs.officials,
        refs.periods,
        refs.assignments,
        refs.all_entries,
        refs.appraisals,
        refs.scorecards,
        refs.results,
        refs.official_results(PERIODS["final"]),
        refs.audit,
    ]
    return {one.ref.path: one.fields for each in collections for one in store.find(each)}
