"""From the close to final: petitions, decisions, corrections; and what is refused on the way."""

from datetime import timedelta
from typing import Any

import pytest
import requests

from shared import refs
from shared.models.appeal import Appeal
from shared.models.result import Result
from shared.ports import patch, put
from shared.usecases.findings import Finding
from shared.usecases.recorded import seed
from shared.usecases.standing import Standing, read_standings
from shared.usecases.verify import verify
from tests.functions.test_decide import choice, decide, refusal
from tests.world import AFTER_CLOSE, CRITERIA, DUE, MONTH, World, an_official, new_key

OK = requests.codes.ok


@pytest.fixture
def closed(world: World) -> World:
    """`an` was late once, `chi` had one product returned; both are contested."""
    roles = ["official", "authority"]
    seed(
        world.stack.wiring.store,
        world.stack.clock.now(),
        [
            (refs.officials("quyen"), an_official("Quyền", "so", roles=roles)),
            (refs.officials("pho"), an_official("Phó", "so", roles=roles)),
        ],
    )
    late = world.assigned("an", due=DUE.isoformat())
    world.stack.clock.advance(DUE + timedelta(days=1))
    world.deliver("an", late)
    for official in ("chi", "em"):
        world.deliver(official, world.assigned(official, due="2026-10-30T10:00:00+00:00"))
    for head, official in (("binh", "an"), ("binh", "chi"), ("dung", "em")):
        assert world.appraise(head, official, points=1000).ok
    world.close()
    return world


def petition(world: World, official: str, name: str, **more: Any) -> Appeal:
    fields = {"period": MONTH, "official": official, "reason": "đề nghị xem lại", **more}
    answer = world.as_(official).write(f"appeals/{name}", fields, times=["at"])
    assert answer.status_code == OK, answer.text
    world.stack.drain(30)
    return appeal(world, name)


def appeal(world: World, name: str) -> Appeal:
    found = world.stack.wiring.store.get(refs.appeals(name))
    assert found is not None
    return found


def answer(world: World, name: str, *items: Any, by: str = "quyen", **more: Any) -> Any:
    body = {"appeal": name, "upheld": bool(items), "reason": "đã xét", "corrects": list(items)}
    return world.as_(by).post("appeal", {**body, **more}, key=new_key())


def correct(world: World, official: str, *items: Any, by: str = "quyen", **more: Any) -> Any:
    body = {"period": MONTH, "official": official, "reason": "sửa sai", "corrects": list(items)}
    return world.as_(by).post("correct", {**body, **more}, key=new_key())


def work_of(world: World, official: str) -> str:
    return next(iter(standing(world, official).result.scorecard.contributions))


def standing(world: World, official: str) -> Standing:
    found = read_standings(world.stack.wiring.store, MONTH)
    return next(one for one in found if one.official == official)


def total(world: World, official: str) -> int | None:
    return standing(world, official).result.scorecard.total


def findings(world: World) -> list[Finding]:
    return verify(world.stack.wiring.store, world.stack.wiring.schemes, MONTH).findings


def first(world: World, official: str) -> Result | None:
    return world.stack.wiring.store.get(refs.official_results(MONTH)(official))


def confirm(world: World) -> None:
    """Once petitions are heard no more."""
    period = world.stack.wiring.store.get(refs.periods(MONTH))
    assert period is not None
    if period.petition_until is not None:
        world.stack.clock.advance(period.petition_until + timedelta(seconds=1))
    body = {"action": "confirm", "period": MONTH}
    assert world.as_("tu").post("period", body, key=new_key()).ok


def waive(world: World, official: str = "an", lates: int = 1) -> dict[str, Any]:
    return {"kind": "waive", "assignment": work_of(world, official), "lates": lates, "faults": 0}


def a_score(points: int, criterion: str = "conduct") -> dict[str, Any]:
    return {"kind": "criterion", "criterion": criterion, "points": points}


def test_a_month_from_its_close_to_final_and_beyond(closed: World) -> None:
    world, store = closed, closed.stack.wiring.store
    before = {official: first(world, official) for official in ("an", "chi", "em")}
    late = petition(world, "an", "don-1", assignment=work_of(world, "an"))
    assert late.receipt is not None
    assert late.receipt.to == ["pho", "quyen"]
    assert late.receipt.answer_by is not None
    assert late.receipt.answer_by > AFTER_CLOSE + timedelta(days=10)
    notice = store.get(refs.inbox("quyen")("appeal.don-1"))
    assert notice is not None
    assert "Hạn trả lời: " in notice.body.vi
    petition(world, "chi", "don-2", criterion="conduct")

    assert total(world, "an") == 9417
    upheld = answer(world, "don-1", waive(world))
    assert upheld.json() == {"appeal": "don-1", "upheld": True, "late": False, "version": 2}
    assert total(world, "an") == 10_000
    declined = answer(world, "don-2")
    assert declined.json() == {"appeal": "don-2", "upheld": False, "late": False}
    assert appeal(world, "don-2").answer is not None
    assert store.get(refs.inbox("chi")("answer.don-2")) is not None
    assert world.as_("an").read("appeals/don-1").json()["fields"]["answer"]
    assert world.as_("an").read(f"results/{MONTH}/corrections/an_2").ok
    assert world.as_("chi").read(f"results/{MONTH}/corrections/an_2").status_code == 403

    quota = world.as_("tu").get("quota", period=MONTH, agency="so").json()["groups"][0]
    assert (quota["ratings"], quota["limits"][0]["most"]) == ({"excellent": 3}, 0)
    assert quota["boundary"]["outside"] == {"total": 10_000, "officials": ["an", "chi", "em"]}
    assert decide(world, choice("em", "good", "theo tỷ lệ"), unit="so").json()["decided"] == 3
    assert (standing(world, "em").rating, standing(world, "an").rating) == ("good", "excellent")
    confirm(world)

    after_final = correct(world, "chi", a_score(0), by="pho")
    assert after_final.json() == {
        "version": 2,
        "total": 9000,
        "rating": "excellent",
        "standing": "rated",
    }
    assert standing(world, "chi").decision is None
    assert decide(world, choice("chi", "good"), by="pho").status_code == OK
    exported = world.as_("tu").get("export", period=MONTH, columns="verdicts").text
    rows = [line.split(",") for line in exported.splitlines()]
    assert rows[0][-2:] == ["decided", "version"]
    told = {row[1]: row[12:14] + row[-2:] for row in rows}
    assert told["an"] == ["100.00", "excellent", "excellent", "2"]
    assert told["chi"] == ["90.00", "excellent", "good", "2"]
    assert told["em"] == ["100.00", "excellent", "good", "1"]

    explained = world.as_("an").get("explain", period=MONTH).json()
    assert (explained["version"], explained["decided"]) == (2, "excellent")
    assert any(
        "corrected by quyen: đã xét. Total = 100.00" in line["en"] for line in explained["lines"]
    )
    for own in ("assignments/" + work_of(world, "an"), f"appraisals/{MONTH}_an"):
        assert world.as_("an").read(own).ok
    for own in (
        f"scorecards/{MONTH}_an",
        f"results/{MONTH}/officials/an",
        f"decisions/{MONTH}_an_2",
    ):
        assert world.as_("an").read(own).ok

    world.stack.drain(30)
    assert {official: first(world, official) for official in before} == before
    assert findings(world) == []
    card = store.get(refs.scorecard(MONTH, "an"))
    assert card == standing(world, "an").result.scorecard


def test_whoever_has_a_part_is_not_asked_and_cannot_answer(closed: World) -> None:
    decide(closed, choice("an", "good"))
    found = petition(closed, "an", "don-1")
    assert found.receipt is not None
    assert found.receipt.to == ["pho"]
    assert refusal(answer(closed, "don-1")) == (403, "forbidden", "Authorization")
    own = petition(closed, "chi", "don-2")
    assert own.receipt is not None
    store = closed.stack.wiring.store
    changed = an_official("Chi", "p1", roles=["official", "authority"])
    store.commit([put(refs.officials("chi"), changed)])
    assert refusal(answer(closed, "don-2", by="chi")) == (403, "forbidden", "Authorization")
    assert refusal(correct(closed, "chi", a_score(1), by="chi")) == (403, "forbidden", "official")
    assert refusal(correct(closed, "em", a_score(1), by="chi")) == (403, "forbidden", "official")
    petition(closed, "em", "don-3")
    assert refusal(answer(closed, "don-3", by="chi")) == (403, "forbidden", "appeal")


def test_without_a_free_authority_the_organisers_are_told(closed: World) -> None:
    store = closed.stack.wiring.store
    for uid in ("quyen", "pho"):
        store.commit([patch(refs.officials(uid), {("roles",): ["official"]})])
    found = petition(closed, "an", "don-1")
    assert found.receipt is not None
    assert found.receipt.to == []
    notice = store.get(refs.inbox("tu")("appeal.don-1"))
    assert notice is not None
    assert "No authority is free" in notice.body.en


def test_an_answer_after_its_time_is_flagged(closed: World) -> None:
    petition(closed, "an", "don-1")
    overdue = appeal(closed, "don-1")
    assert overdue.receipt is not None
    due = AFTER_CLOSE - timedelta(days=1)
    receipt = overdue.receipt.model_copy(update={"answer_by": due})
    closed.stack.wiring.store.commit(
        [put(refs.appeals("don-1"), overdue.model_copy(update={"receipt": receipt}))]
    )
    assert answer(closed, "don-1").json()["late"] is True


def test_what_is_refused_leaves_nothing(closed: World) -> None:
    petition(closed, "an", "don-1")
    mine, other = waive(closed), waive(closed, "chi")
    accept = {"kind": "accept", "assignment": mine["assignment"], "submission": "none"}
    cases: list[tuple[Any, tuple[int, str, str]]] = [
        (answer(closed, "don-9"), (404, "missing", "appeal")),
        (answer(closed, "don-1", by="tu"), (403, "forbidden", "Authorization")),
        (answer(closed, "don-1", upheld=True), (400, "invalid", "corrects")),
        (answer(closed, "don-1", mine, upheld=False), (400, "invalid", "corrects")),
        (answer(closed, "don-1", other), (404, "missing", "corrects.0.assignment")),
        (answer(closed, "don-1", mine, accept), (404, "missing", "corrects.1.submission")),
        (answer(closed, "don-1", a_score(1, "charm")), (404, "missing", "corrects.0.criterion")),
        (answer(closed, "don-1", a_score(1001)), (400, "invalid", "corrects.0.points")),
        (
            answer(closed, "don-1", {**a_score(1), "unit": "p2"}),
            (404, "missing", "corrects.0.unit"),
        ),
        (answer(closed, "don-1", a_score(1000)), (400, "invalid", "corrects")),
        (answer(closed, "don-1", reason=" "), (400, "invalid", "reason")),
        (correct(closed, "an"), (400, "invalid", "corrects")),
        (correct(closed, "ai-do", a_score(1)), (404, "missing", "official")),
        (correct(closed, "an", a_score(1), by="tu"), (403, "forbidden", "Authorization")),
        (correct(closed, "an", a_score(1), period="2026-09"), (404, "missing", "period")),
    ]
    for got, expected in cases:
        assert refusal(got) == expected
        assert got.json()["errors"][0]["reason_vi"]
    assert standing(closed, "an").version.number == 1
    assert appeal(closed, "don-1").answer is None
    assert answer(closed, "don-1", mine).status_code == OK
    assert refusal(answer(closed, "don-1", mine)) == (409, "conflict", "appeal")


def test_every_way_to_put_right_and_each_version_verified(closed: World) -> None:
    work = work_of(closed, "an")
    beyond = {"kind": "accept", "assignment": work, "submission": "s1", "beyond": True}
    totals = []
    for items in ([waive(closed)], [beyond], [a_score(500)], [a_score(1000)]):
        assert correct(closed, "an", *items).status_code == OK
        totals.append(total(closed, "an"))
    assert totals == [10_000, 10_000, 9500, 10_000]
    assert standing(closed, "an").version.number == 5
    assert findings(closed) == []


def test_what_follows_for_a_head_is_written_down_by_itself(world: World) -> None:
    """Through the real events and tasks: An falls below 50, and so does Bình's d."""
    record = an_official("Bình", "p1", roles=["official", "head"], is_head=True)
    led = [record.postings[0].model_copy(update={"duty": "head"})]
    store = world.stack.wiring.store
    store.commit([put(refs.officials("binh"), record.model_copy(update={"postings": led}))])
    authority = an_official("Quyền", "so", roles=["official", "authority"])
    store.commit([put(refs.officials("quyen"), authority)])
    world.assigned("an")
    world.deliver("an", world.assigned("an"))
    assert world.appraise("binh", "an", points=1000).ok
    world.close()
    assert stated(world) == "yes"
    body = [a_score(0, name) for name in CRITERIA]
    assert correct(world, "an", *body).status_code == OK
    world.stack.drain(60)
    assert (standing(world, "an").rating, stated(world)) == ("not_completed", "no")
    told = store.get(refs.inbox("binh")(f"version.{MONTH}.2"))
    assert told is not None
    fields = {"period": MONTH, "official": "binh", "reason": "không đồng ý", "version": 2}
    world.stack.clock.advance(AFTER_CLOSE + timedelta(days=1))
    assert world.as_("binh").write("appeals/don-9", fields, times=["at"]).status_code == OK
    world.stack.drain(30)
    received = appeal(world, "don-9").receipt
    assert received is not None
    assert (received.to, received.answer_by is not None) == (["quyen"], True)


def stated(world: World) -> str | None:
    said = standing(world, "binh").result.scorecard.assessments.get(MONTH)
    return None if said is None else said.statements.get("d")


def test_what_is_altered_behind_the_back_is_named(closed: World) -> None:
    store = closed.stack.wiring.store
    petition(closed, "an", "don-1")
    answer(closed, "don-1", waive(closed))
    work = work_of(closed, "an")
    ref = refs.correction(MONTH, "an", 2)
    made = store.get(ref)
    assert made is not None
    (suffix,) = made.entries[work]
    store.commit([patch(ref, {("reason",): "khác hẳn"})])
    assert [one.path for one in findings(closed)] == [ref.path]
    store.commit([put(ref, made)])
    entry = refs.entries(work)(suffix)
    store.commit([patch(entry, {("lates_waived",): 0})])
    assert [one.path for one in findings(closed)] == [ref.path]
    store.commit([patch(entry, {("lates_waived",): 1})])
    assert findings(closed) == []


def test_work_whose_entries_changed_is_not_built_on(closed: World) -> None:
    store = closed.stack.wiring.store
    work = work_of(closed, "an")
    store.commit([patch(refs.entries(work)("s1"), {("at",): DUE - timedelta(days=3)})])
    refused = refusal(correct(closed, "an", waive(closed)))
    assert refused == (409, "conflict", "corrects.0.assignment")
