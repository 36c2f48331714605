"""People's records: what each change makes of them, and every refusal."""

import json
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared import refs
from shared.errors import RefusedError
from shared.models.official import Official
from shared.models.position import Position
from shared.models.unit import Unit
from shared.ports import put
from shared.usecases.caller import identify
from shared.usecases.context import known_facts
from shared.usecases.people import PeopleReply, PeopleRequest, change_people, take_effect
from tests.builders import DAY, END, START, TICK, a_period, a_posting, an_official
from tests.memory import Desk, MemoryStore

REQUEST: TypeAdapter[PeopleRequest] = TypeAdapter(PeopleRequest)
NOW = START + 20 * DAY
LOCKED = a_period(
    id="2026-09", start=START - 30 * DAY, end=START, closes_at=START + 5 * DAY, state="final"
)
WHY = {"reason": "quyết định số 12"}


class Office:
    """Units `so` over `p1` (head binh) and `p2` (head dung); an administrator, an authority."""

    def __init__(self) -> None:
        self.store, self.now = MemoryStore(), NOW
        units = {
            "so": Unit(name="Sở", path=["so"]),
            "p1": Unit(name="Một", parent="so", path=["so", "p1"], head="binh"),
            "p2": Unit(name="Hai", parent="so", path=["so", "p2"], head="dung"),
            "khac": Unit(name="Khác", path=["khac"]),
        }
        heads = {"duty": "head"}
        people = {
            "quan-tri": an_official(roles=["administrator"], **_in("so")),
            "quyen": an_official(roles=["official", "authority"], **_in("so")),
            "quyen-khac": an_official(roles=["authority"], **_in("khac")),
            "an": an_official(**_in("p1")),
            "chi": an_official(**_in("p1")),
            "binh": an_official(is_head=True, **_in("p1", **heads)),
            "dung": an_official(is_head=True, **_in("p2", **heads)),
        }
        self.store.commit(
            [
                *(put(refs.units(name), unit) for name, unit in units.items()),
                *(put(refs.officials(uid), one) for uid, one in people.items()),
                put(refs.positions("cv"), Position(title="Chuyên viên", products=[])),
                put(refs.positions("mc"), Position(title="Một cửa", products=[])),
                put(refs.periods("2026-10"), a_period()),
                put(refs.periods("2026-09"), LOCKED),
            ]
        )

    def ask(self, by: str, action: str, **fields: Any) -> list[str]:
        return self.reply(by, action, **fields).officials

    def reply(self, by: str, action: str, *, key: str = "", **fields: Any) -> PeopleReply:
        given = {"action": action, **WHY, **fields}
        request = REQUEST.validate_json(json.dumps(given, default=datetime.isoformat))
        caller = identify(self.store, by, self.now)
        key = key or f"k{len(self.store.written)}"
        return change_people(Desk(self.store, self.now), caller, key, request)

    def official(self, uid: str) -> Official:
        found = self.store.get(refs.officials(uid))
        assert found is not None
        return found

    def head_of(self, unit: str) -> str | None:
        found = self.store.get(refs.units(unit))
        assert found is not None
        return found.head


def _in(unit: str, **posting: Any) -> dict[str, Any]:
    return {"unit": unit, "units": [unit], "postings": [a_posting(unit=unit, **posting)]}


@pytest.fixture
def office() -> Office:
    return Office()


def refusal(office: Office, by: str, action: str, **fields: Any) -> tuple[str, str]:
    """What was answered; and nothing was written."""
    before = list(office.store.written)
    with pytest.raises(RefusedError) as refused:
        office.ask(by, action, **fields)
    assert office.store.written == before
    [fault] = refused.value.faults
    assert fault.reason_vi
    return refused.value.code, fault.field


def test_somebody_is_enrolled_and_the_call_is_recorded(office: Office) -> None:
    office.ask(
        "quan-tri", "enrol", official="moi", name="Mới", unit="p1", roles=["official"], start=START
    )
    moi = office.official("moi")
    assert (moi.unit, moi.units, moi.is_head) == ("p1", ["p1"], False)
    [record] = office.store.find(refs.audit)
    assert (record.value.by, record.value.reason) == ("quan-tri", WHY["reason"])


def test_the_same_key_again_is_the_same_call(office: Office) -> None:
    for _ in range(2):
        assert office.ask("quan-tri", "rename", key="k", official="an", name="Ân") == ["an"]
    assert len(office.official("an").former) == 1
    with pytest.raises(RefusedError, match="key-reused"):
        office.ask("quan-tri", "rename", key="k", official="an", name="Khác")


def test_a_new_name_leaves_results_of_its_time_alone(office: Office) -> None:
    was = office.official("an").name
    office.ask("quan-tri", "rename", official="an", name="Ân")
    an = office.official("an")
    assert (an.name, an.name_at(START), an.name_at(NOW)) == ("Ân", was, "Ân")


def test_a_transfer_leaves_neither_gap_nor_overlap(office: Office) -> None:
    office.ask("quan-tri", "transfer", official="an", unit="p2", start=NOW - DAY, position="cv")
    an = office.official("an")
    first, second = an.postings
    assert (first.end, second.start, second.end) == (NOW - DAY, NOW - DAY, None)
    assert (an.unit, an.units, an.position) == ("p2", ["p1", "p2"], "cv")
    assert [one.position for one in an.postings] == [None, "cv"]


def test_another_position_in_the_same_unit_is_dated_and_the_former_stays(office: Office) -> None:
    there = {"official": "an", "unit": "p1"}
    office.ask("quan-tri", "transfer", start=NOW - 2 * DAY, position="cv", **there)
    office.ask("quan-tri", "transfer", start=NOW - DAY, **there)
    office.ask("quan-tri", "transfer", start=NOW, position="mc", **there)
    an = office.official("an")
    assert [an.held_in(one) for one in an.postings] == [None, "cv", "cv", "mc"]
    office.ask("quan-tri", "correct", officials=["an"], wrong="p1", right="p2", start=NOW)
    assert office.official("an").postings[-1].position == "mc"


def test_a_new_head_takes_over_and_units_and_records_agree(office: Office) -> None:
    office.ask("quan-tri", "transfer", official="an", unit="p1", start=NOW, duty="head")
    assert office.head_of("p1") == "an"
    assert (office.official("an").is_head, office.official("binh").is_head) == (True, False)
    assert [one.duty for one in office.official("binh").postings] == ["head", "member"]


def test_a_head_who_goes_elsewhere_heads_nothing_there(office: Office) -> None:
    office.ask("quan-tri", "transfer", official="binh", unit="p2", start=NOW)
    assert (office.head_of("p1"), office.head_of("p2")) == (None, "dung")
    assert not office.official("binh").is_head


def test_a_head_who_steps_down_is_head_no_more(office: Office) -> None:
    office.ask("quan-tri", "transfer", official="binh", unit="p1", start=NOW)
    assert (office.head_of("p1"), office.official("binh").is_head) == (None, False)


def test_a_deputy_has_a_field(office: Office) -> None:
    field = ["p1"]
    office.ask(
        "quan-tri", "transfer", official="an", unit="so", start=NOW, duty="deputy", field=field
    )
    posting = office.official("an").postings[-1]
    assert (posting.duty, posting.field) == ("deputy", field)


def test_who_departs_keeps_results_and_loses_rights(office: Office) -> None:
    office.ask("quan-tri", "depart", official="binh", end=NOW)
    binh = office.official("binh")
    assert (binh.roles, binh.is_head, office.head_of("p1")) == ([], False, None)
    assert binh.unit_in(START, END) == "p1"


LATER = NOW + 5 * DAY


def test_a_transfer_ahead_changes_nothing_before_its_day_and_all_of_it_then(office: Office) -> None:
    before = office.official("an")
    move: dict[str, Any] = {"official": "an", "unit": "p2", "start": LATER, "position": "cv"}
    office.ask("quan-tri", "transfer", duty="head", **move)
    expected = office.official("an")
    assert expected.model_copy(update={"ahead": None}) == before
    assert expected.ahead is not None
    assert (expected.ahead.unit, expected.ahead.by) == ("p2", "quan-tri")
    for moment in (NOW, LATER - TICK):
        written = list(office.store.written)
        take_effect(office.store, "an", moment)
        assert office.store.written == written
    take_effect(office.store, "an", LATER + DAY)
    an, dung = office.official("an"), office.official("dung")
    assert (an.unit, an.is_head, an.position, an.ahead) == ("p2", True, "cv", None)
    assert (an.postings[-1].start, dung.is_head, office.head_of("p2")) == (LATER, False, "an")
    written = list(office.store.written)
    take_effect(office.store, "an", LATER + 2 * DAY)
    assert office.store.written == written


def test_a_transfer_ahead_comes_to_what_was_entered_on_the_day() -> None:
    ahead, on_the_day = Office(), Office()
    move: dict[str, Any] = {"official": "binh", "unit": "p2", "start": LATER, "duty": "head"}
    ahead.ask("quan-tri", "transfer", **move)
    take_effect(ahead.store, "binh", LATER)
    on_the_day.now = LATER
    on_the_day.ask("quan-tri", "transfer", **move)
    for uid in ("binh", "dung"):
        assert ahead.official(uid) == on_the_day.official(uid)
    for unit in ("p1", "p2"):
        assert ahead.head_of(unit) == on_the_day.head_of(unit)
    record = [one.value for one in ahead.store.find(refs.audit)][-1]
    told = {one.value.action: one.value for one in ahead.store.find(refs.audit)}
    assert (told["people take_effect"].by, record.reason) == ("%platform", WHY["reason"])


def test_a_transfer_ahead_is_called_off_and_is_one_at_a_time(office: Office) -> None:
    move: dict[str, Any] = {"official": "an", "unit": "p2", "start": LATER}
    office.ask("quan-tri", "transfer", **move)
    again = move | {"start": LATER + DAY}
    assert refusal(office, "quan-tri", "transfer", **again) == ("conflict", "start")
    office.ask("quan-tri", "call_off", official="an")
    office.ask("quan-tri", "transfer", **again)
    take_effect(office.store, "an", LATER)
    assert office.official("an").unit == "p1"


def test_who_departs_or_moves_on_has_no_transfer_ahead_any_more(office: Office) -> None:
    move: dict[str, Any] = {"unit": "p2", "start": LATER}
    for uid in ("an", "chi"):
        office.ask("quan-tri", "transfer", official=uid, **move)
    office.ask("quan-tri", "depart", official="an", end=NOW)
    office.now = LATER + DAY
    office.ask("quan-tri", "transfer", official="chi", unit="so", start=office.now)
    assert (office.official("an").ahead, office.official("chi").ahead) == (None, None)


def test_what_changed_meanwhile_is_refused_on_the_day_and_nothing_half_written(
    office: Office,
) -> None:
    """The period of its day is locked by then: results rest on where An was."""
    move: dict[str, Any] = {"official": "an", "unit": "p2", "start": LATER}
    office.ask("quan-tri", "transfer", **move)
    office.store.commit([put(refs.periods("2026-10"), a_period(state="closing"))])
    written = list(office.store.written)
    with pytest.raises(RefusedError) as refused:
        take_effect(office.store, "an", END + DAY)
    assert office.store.written == written
    assert refused.value.code == "closed"
    assert all(one.reason_vi for one in refused.value.faults)


def test_who_comes_back_after_a_gap_is_said_to(office: Office) -> None:
    office.ask("quan-tri", "depart", official="an", end=NOW - 5 * DAY)
    back: dict[str, Any] = {"official": "an", "unit": "p2", "start": NOW}
    assert refusal(office, "quan-tri", "transfer", **back) == ("conflict", "start")
    office.ask("quan-tri", "transfer", after_gap=True, **back)
    assert [one.unit for one in office.official("an").postings] == ["p1", "p2"]


def test_eighty_people_in_the_wrong_unit_are_put_right_in_one_call(office: Office) -> None:
    people = [f"cb{number}" for number in range(80)]
    record = an_official(**_in("p1", start=START))
    office.store.commit([put(refs.officials(uid), record) for uid in people])
    office.ask("quan-tri", "correct", officials=people, wrong="p1", right="p2", start=START)
    assert {office.official(uid).unit for uid in people} == {"p2"}
    assert {office.official(uid).unit_in(START, END) for uid in people} == {"p2"}
    assert office.official("cb7").units == ["p2"]


def test_a_part_of_a_posting_is_corrected(office: Office) -> None:
    start, end = START + DAY, START + 3 * DAY
    office.ask(
        "quan-tri", "correct", officials=["an"], wrong="p1", right="p2", start=start, end=end
    )
    served = [(one.unit, one.start, one.end) for one in office.official("an").postings]
    assert [unit for unit, _, _ in served] == ["p1", "p2", "p1"]
    assert [begin for _, begin, _ in served[1:]] == [start, end]


def test_leave_is_recorded_changed_and_taken_out(office: Office) -> None:
    leave: dict[str, Any] = {"official": "an", "start": START, "end": END + 30 * DAY}
    office.ask("quan-tri", "leave", **leave)
    office.ask("quan-tri", "recall", official="an", start=START, end=END)
    assert [(one.start, one.end) for one in office.official("an").leave] == [(START, END)]
    office.ask("quan-tri", "recall", official="an", start=START, end=START)
    assert office.official("an").leave == []


def test_stand_in_terms_that_are_over_make_room(office: Office) -> None:
    for number in range(3):
        end = NOW + (number + 1) * DAY
        office.ask("quan-tri", "stand_in", official="an", unit="p2", start=NOW, end=end)
    more: dict[str, Any] = {"official": "an", "unit": "p2", "start": NOW, "end": NOW + 9 * DAY}
    assert refusal(office, "quan-tri", "stand_in", **more) == ("conflict", "unit")
    office.now = NOW + DAY
    office.ask("quan-tri", "stand_in", **more)
    assert len(office.official("an").stands_in) == 3


def test_facts_are_entered_ended_and_withdrawn_but_never_taken_out(office: Office) -> None:
    fact: dict[str, Any] = {"official": "an", "kind": "reprimand", "at": START}
    office.ask("quyen", "enter_fact", **fact)
    office.ask("quyen", "end_fact", until=NOW + DAY, **fact)
    [entered] = office.official("an").facts
    assert (entered.by, entered.entered_at, entered.until) == ("quyen", NOW, NOW + DAY)
    office.ask("quyen", "withdraw_fact", **fact)
    [withdrawn] = office.official("an").facts
    assert withdrawn.withdrawn_at == NOW
    office.ask("quyen", "enter_fact", **fact)
    assert len(office.official("an").facts) == 2


def test_a_fact_of_a_locked_period_is_entered_for_those_still_open(office: Office) -> None:
    """It reaches no results that stand; whoever enters it is told, and what it bears on."""
    year = a_period(id="2026", start=START - 273 * DAY, end=END + 61 * DAY, parts=["2026-09"])
    office.store.commit([put(refs.periods("2026"), year)])
    told = office.reply("quyen", "enter_fact", official="an", kind="reprimand", at=START - 9 * DAY)
    assert (told.bears_on, told.too_late_for) == (["2026"], ["2026-09"])
    [fact] = office.official("an").facts
    assert known_facts(office.official("an"), LOCKED) == []
    assert known_facts(office.official("an"), year) == [fact]


def test_membership_of_the_party_and_roles(office: Office) -> None:
    office.ask("quan-tri", "party", official="an", since=START)
    office.ask("quan-tri", "set_roles", official="an", roles=["official", "auditor"])
    an = office.official("an")
    assert (an.party_since, an.roles) == (START, ["official", "auditor"])
    office.ask("quan-tri", "party", official="an")
    assert office.official("an").party_since is None


AN: dict[str, Any] = {"official": "an"}
ROW: dict[str, Any] = {"kind": "reprimand", "at": START}
MOVE = {"official": "an", "unit": "p2", "start": NOW}
REFUSED: list[tuple[str, str, dict[str, Any], tuple[str, str]]] = [
    ("an", "rename", {"official": "chi", "name": "x"}, ("forbidden", "Authorization")),
    ("quyen", "transfer", MOVE, ("forbidden", "Authorization")),
    ("quan-tri", "enter_fact", AN | ROW, ("forbidden", "Authorization")),
    ("quyen-khac", "enter_fact", AN | ROW, ("forbidden", "official")),
    ("quan-tri", "set_roles", {"official": "quan-tri", "roles": []}, ("forbidden", "official")),
    ("quyen", "enter_fact", {"official": "quyen", **ROW}, ("forbidden", "official")),
    (
        "quan-tri",
        "correct",
        {"officials": ["an", "quan-tri"], "wrong": "so", "right": "p1", "start": START},
        ("forbidden", "official"),
    ),
    ("quan-tri", "rename", {"official": "ai", "name": "x"}, ("missing", "official")),
    (
        "quan-tri",
        "enrol",
        {**AN, "name": "x", "unit": "p1", "roles": [], "start": START},
        ("conflict", "official"),
    ),
    (
        "quan-tri",
        "enrol",
        {"official": "moi", "name": "x", "unit": "p9", "roles": [], "start": START},
        ("missing", "unit"),
    ),
    (
        "quan-tri",
        "enrol",
        {"official": "moi", "name": "x", "unit": "p1", "roles": [], "start": START - DAY},
        ("closed", "start"),
    ),
    ("quan-tri", "transfer", MOVE | {"unit": "p9"}, ("missing", "unit")),
    ("quan-tri", "transfer", MOVE | {"position": "x"}, ("missing", "position")),
    ("quan-tri", "transfer", MOVE | {"start": LATER, "unit": "p9"}, ("missing", "unit")),
    ("quan-tri", "transfer", MOVE | {"start": LATER, "position": "x"}, ("missing", "position")),
    ("quan-tri", "transfer", MOVE | {"start": LATER, "field": ["p1"]}, ("invalid", "field")),
    ("an", "transfer", MOVE | {"start": LATER}, ("forbidden", "Authorization")),
    ("quan-tri", "call_off", AN, ("missing", "official")),
    ("quan-tri", "transfer", MOVE | {"start": START - 99 * DAY}, ("conflict", "start")),
    ("quan-tri", "transfer", MOVE | {"start": START - DAY}, ("closed", "start")),
    ("quan-tri", "transfer", MOVE | {"field": ["p1"]}, ("invalid", "field")),
    ("quan-tri", "depart", AN | {"end": NOW + DAY}, ("invalid", "end")),
    ("quan-tri", "depart", AN | {"end": START - 99 * DAY}, ("conflict", "end")),
    ("quan-tri", "leave", AN | {"start": NOW, "end": NOW}, ("invalid", "end")),
    ("quan-tri", "leave", AN | {"start": START - DAY, "end": NOW}, ("closed", "start")),
    ("quan-tri", "recall", AN | {"start": NOW, "end": NOW}, ("missing", "start")),
    ("quan-tri", "stand_in", MOVE | {"unit": "p9", "end": END}, ("missing", "unit")),
    ("quan-tri", "stand_in", MOVE | {"end": NOW}, ("invalid", "end")),
    ("quan-tri", "party", AN | {"since": START - 9 * DAY}, ("closed", "start")),
    ("quyen", "enter_fact", AN | ROW | {"at": NOW + DAY}, ("invalid", "at")),
    ("quyen", "enter_fact", AN | ROW | {"until": START}, ("invalid", "end")),
    ("quyen", "end_fact", AN | ROW | {"until": END}, ("missing", "kind")),
    ("quyen", "end_fact", AN | ROW | {"until": START}, ("invalid", "until")),
    ("quyen", "withdraw_fact", AN | ROW, ("missing", "kind")),
    (
        "quan-tri",
        "correct",
        {"officials": ["an"], "wrong": "p2", "right": "p1", "start": START},
        ("missing", "wrong"),
    ),
    (
        "quan-tri",
        "correct",
        {"officials": ["an"], "wrong": "p1", "right": "p9", "start": START},
        ("missing", "right"),
    ),
    (
        "quan-tri",
        "correct",
        {"officials": ["an"], "wrong": "p1", "right": "p2", "start": START - DAY},
        ("closed", "start"),
    ),
]


@pytest.mark.parametrize(("by", "action", "fields", "answer"), REFUSED)
def test_what_is_refused_names_the_field_and_writes_nothing(
    office: Office, by: str, action: str, fields: dict[str, Any], answer: tuple[str, str]
) -> None:
    assert refusal(office, by, action, **fields) == answer


def test_what_stands_is_not_entered_twice(office: Office) -> None:
    office.ask("quan-tri", "leave", official="an", start=NOW, end=END)
    twice = {"official": "an", "start": NOW + DAY, "end": END + DAY}
    assert refusal(office, "quan-tri", "leave", **twice) == ("conflict", "start")
    office.ask("quyen", "enter_fact", **AN, **ROW)
    assert refusal(office, "quyen", "enter_fact", **AN, **ROW) == ("conflict", "kind")


def test_who_heads_the_unit_does_not_depose_themselves(office: Office) -> None:
    binh = office.official("binh").model_copy(update={"roles": ["administrator"]})
    office.store.commit([put(refs.officials("binh"), binh)])
    deposed = {"official": "an", "unit": "p1", "start": NOW, "duty": "head"}
    assert refusal(office, "binh", "transfer", **deposed) == ("forbidden", "unit")


moves = st.tuples(
    st.sampled_from(["an", "chi", "binh", "dung"]),
    st.sampled_from(["so", "p1", "p2"]),
    st.sampled_from(["member", "head", "deputy"]),
    st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(moves, max_size=6))
def test_units_and_records_agree_whatever_is_asked(told: list[tuple[str, str, str, bool]]) -> None:
    office = Office()
    for number, (uid, unit, duty, departs) in enumerate(told):
        office.now = NOW + number * DAY
        try:
            if departs:
                office.ask("quan-tri", "depart", official=uid, end=office.now)
            else:
                office.ask(
                    "quan-tri", "transfer", official=uid, unit=unit, start=office.now, duty=duty
                )
        except RefusedError:
            continue
    people = {one.ref.id: one.value for one in office.store.find(refs.officials)}
    heads = {uid: one.unit for uid, one in people.items() if one.is_head}
    assert heads == {
        one.value.head: one.ref.id for one in office.store.find(refs.units) if one.value.head
    }
    for official in people.values():
        assert all(one.end == next_.start for one, next_ in pairwise(official.postings))
        assert official.units == sorted({one.unit for one in official.postings})
