"""Personal data: all of it for its owner, none of it for ever, and nothing less provable."""

from datetime import timedelta
from re import search
from typing import Any

import pytest

from shared import refs
from shared.errors import RefusedError
from shared.models.notice import Notice
from shared.models.official import Leave, Official
from shared.models.scorecard import Override
from shared.ports import put
from shared.usecases.caller import Caller
from shared.usecases.erase import ERASED, Erased, EraseRequest, erase
from shared.usecases.period import Confirm, change_period
from shared.usecases.personal_data import PersonalDataRequest, about, personal_data
from shared.usecases.recorded import Change
from shared.usecases.verify import verify
from tests.closed import Office, closed_office, decide
from tests.world import AFTER_CLOSE, BEGIN, DUE, MONTH, an_official

YEARS = 10
WORDS = (
    "An",
    "đang làm",
    "tốt",
    "xem lại điểm",
    "đúng quy định",
    "Sắp đến hạn",
    "thai sản",
    "vi phạm quy chế",
    "Hòa giải",
    "trùng việc",
    "khảo sát của An",
)


@pytest.fixture
def office() -> Office:
    """An left with the end of the month."""
    office = closed_office()
    an = record(office, "an")
    before = BEGIN - timedelta(days=5)
    leave = Leave(start=before - timedelta(days=9), end=before, reason="thai sản")
    posting = an.postings[0].model_copy(update={"end": AFTER_CLOSE})
    fact = Override(kind="warning", at=before, reason="vi phạm quy chế", by="tu", entered_at=before)
    left = {"roles": [], "postings": [posting], "leave": [leave], "facts": [fact]}
    measured(office)
    decide(office, Change(refs.officials("an"), an, an.model_copy(update=left)))
    admin = an_official("Trí", "so", roles=["administrator"])
    decide(office, Change(refs.officials("tri"), None, admin))
    return office


def measured(office: Office) -> None:
    """What was measured comes from a survey that names the person."""
    ref = refs.measurement(MONTH, "official", "an")
    before = office.store.get(ref)
    assert before is not None
    values = {
        name: one.model_copy(update={"source": "khảo sát của An"})
        for name, one in before.values.items()
    }
    decide(office, Change(ref, before, before.model_copy(update={"values": values})))


@pytest.fixture
def due(office: Office) -> Office:
    """The month is final and the time is over."""
    office.time = AFTER_CLOSE + timedelta(days=YEARS * 366 + 1)
    change_period(office, office.caller("tu"), "ok", Confirm(action="confirm", period=MONTH))
    return office


def record(office: Office, uid: str) -> Official:
    official = office.store.get(refs.officials(uid))
    assert official is not None
    return official


def told(office: Office, uid: str, by: Caller) -> dict[str, dict[str, Any]]:
    return personal_data(office, by, PersonalDataRequest(official=uid)).documents


def erased(office: Office, by: str = "tri", key: str = "k", reason: str = "hết hạn lưu") -> Erased:
    request = EraseRequest(official="an", reason=reason)
    return erase(office, office.caller(by), key, request, YEARS)


def refusal(office: Office, **how: str) -> tuple[str, str]:
    before = dict(office.store.documents)
    with pytest.raises(RefusedError) as refused:
        erased(office, **how)
    assert office.store.documents == before
    return refused.value.code, refused.value.faults[0].field


def test_everybody_may_have_all_that_is_kept_about_them(office: Office) -> None:
    documents = told(office, "em", office.caller("em"))
    kinds = [path.split("/")[0] for path in documents]
    assert sorted(set(kinds)) == [
        "appraisals",
        "assignments",
        "decisions",
        "officials",
        "results",
        "scorecards",
    ]
    assert sum("/entries/" in path for path in documents) == 4
    assert "officials/an/inbox/one" in told(office, "an", office.caller("tri"))


def test_what_was_registered_and_measured_is_among_it(office: Office) -> None:
    documents = told(office, "an", office.caller("tri"))
    assert {"proposals/hg", f"measurements/{MONTH}_official_an"} <= documents.keys()


def test_a_head_has_also_what_they_said_of_others_work(office: Office) -> None:
    documents = told(office, "dung", office.caller("dung"))
    said = [fields["by"] for path, fields in documents.items() if "/entries/" in path]
    assert said == ["dung", "dung"]


def test_nobody_has_somebody_elses(office: Office) -> None:
    for uid in ("chi", "binh", "tu", "kiem"):
        with pytest.raises(RefusedError) as refused:
            told(office, "em", office.caller(uid))
        assert (refused.value.code, refused.value.faults[0].field) == ("forbidden", "official")


def test_somebody_unknown_has_none(office: Office) -> None:
    with pytest.raises(RefusedError) as refused:
        told(office, "ai-do", office.caller("tri"))
    assert (refused.value.code, refused.value.faults[0].field) == ("missing", "official")


def test_what_an_administrator_looks_up_is_recorded(office: Office) -> None:
    told(office, "an", office.caller("tri"))
    records = [one.value for one in office.store.find(refs.audit)]
    assert [one.target for one in records if one.action == "look up personal data"] == [
        "officials/an"
    ]


def test_results_are_told_once_they_are_published(office: Office) -> None:
    result, own = f"results/{MONTH}/officials/an", office.caller("tri")
    assert result in told(office, "an", own)
    period = office.store.get(refs.periods(MONTH))
    assert period is not None
    closing = period.model_copy(update={"state": "closing"})
    office.store.commit([put(refs.periods(MONTH), closing)])
    office.time += timedelta(seconds=1)
    assert result not in told(office, "an", own)
    assert result in {one.ref.path for one in about(office.store, "an")}


def test_nothing_is_left_that_tells_who_it_was(due: Office) -> None:
    before = str([one.fields for one in about(due.store, "an")])
    assert all(f"'{word}'" in before for word in WORDS)
    assert erased(due).documents > 5
    after = str([one.fields for one in about(due.store, "an")])
    assert not [word for word in WORDS if f"'{word}'" in after]
    assert record(due, "an").name == ERASED
    assert not list(due.store.find(refs.inbox("an")))


def test_no_document_but_records_and_titles_names_the_person(due: Office) -> None:
    """Nor do notices to others; those of another time or about others stay."""
    seal = {"digest": "0" * 64, "kind": "digest", "title": {"vi": "Hôm nay", "en": "Today"}}
    texts = {
        "binh": ("An (2)", DUE, False),
        "giam-doc": ("Chậm: An Bình, An.", DUE, False),
        "tu": ("an kiến nghị về kết quả", DUE, False),
        "dung": ("An (2)", DUE, True),  # never served above the person
        "chi": ("Anh, Thuận", DUE, True),
        "kiem": ("An (2)", due.time, True),
    }
    for uid, (text, at, _) in texts.items():
        said = {**seal, "body": {"vi": text, "en": "x"}, "at": at}
        due.store.commit([put(refs.inbox(uid)("d"), Notice.model_validate(said))])
    ref = refs.scorecard(MONTH, "an")
    card = due.store.get(ref)
    assert card is not None
    judged = card.assessments[MONTH].model_copy(update={"overrides": record(due, "an").facts})
    due.store.commit([put(ref, card.model_copy(update={"assessments": {MONTH: judged}}))])
    erased(due)
    assert {uid: kept for uid, (_, _, kept) in texts.items()} == {
        uid: due.store.get(refs.inbox(uid)("d")) is not None for uid in texts
    }
    others = ("audit/", "officials/dung/", "officials/kiem/")
    left = {
        path
        for path, (fields, _) in due.store.documents.items()
        if not path.startswith(others)
        and search(r"(?<!\w)(An|khảo sát của An|vi phạm quy chế)(?!\w)", str(fields))
    }
    assert left == set()


def test_no_record_keeps_what_was_erased(due: Office) -> None:
    erased(due)
    records = [
        one for one in due.store.find(refs.audit) if one.value.action == "erase personal data"
    ]
    assert not any(change.altered for one in records for change in one.value.changes)
    assert all(one.value.reason == "hết hạn lưu" for one in records)


def test_a_closed_period_is_verified_as_before_and_says_what_was_erased(due: Office) -> None:
    erased(due)
    result = verify(due.store, due.schemes, MONTH)
    assert result.findings == []
    assert f"results/{MONTH}/officials/an" in result.erased
    assert any("/entries/" in path for path in result.erased)
    records = {one.ref.id for one in due.store.find(refs.audit)}
    assert set(result.erased.values()) <= records


@pytest.mark.parametrize("kind", ["entries", "results"])
def test_what_was_altered_after_it_was_erased_is_named(due: Office, kind: str) -> None:
    erased(due)
    path = next(
        path for path in verify(due.store, due.schemes, MONTH).erased if kind in path.split("/")
    )
    fields, version = due.store.documents[path]
    altered = {**fields, "note": "khác"} if kind == "entries" else {**fields, "name": "Khác"}
    due.store.documents[path] = (altered, version)
    findings = verify(due.store, due.schemes, MONTH).findings
    assert [one.path for one in findings] == [path]


def test_erasing_twice_changes_nothing(due: Office) -> None:
    first = erased(due)
    before = dict(due.store.documents)
    assert erased(due) == first
    assert due.store.documents == before
    assert erased(due, key="again").documents == 0


def test_a_key_erases_one_person_for_one_reason(due: Office) -> None:
    erased(due)
    assert refusal(due, reason="lý do khác") == ("key-reused", "Idempotency-Key")


def test_only_administrators_erase(due: Office) -> None:
    for uid in ("chi", "binh", "tu", "kiem"):
        assert refusal(due, by=uid) == ("forbidden", "Authorization")


def test_nobody_in_service_is_erased(due: Office) -> None:
    an = record(due, "an")
    back = an.postings[0].model_copy(update={"end": None})
    decide(due, Change(refs.officials("an"), an, an.model_copy(update={"postings": [back]})))
    assert refusal(due) == ("conflict", "official")


def test_nothing_is_erased_before_its_time(office: Office) -> None:
    assert refusal(office) == ("conflict", "official")


def test_nothing_is_erased_that_may_still_be_contested(office: Office) -> None:
    office.time = AFTER_CLOSE + timedelta(days=YEARS * 366 + 1)
    assert refusal(office) == ("conflict", "official")


def test_nobody_unknown_is_erased(due: Office) -> None:
    request = EraseRequest(official="ai-do", reason="hết hạn lưu")
    with pytest.raises(RefusedError) as refused:
        erase(due, due.caller("tri"), "k", request, YEARS)
    assert (refused.value.code, refused.value.faults[0].field) == ("missing", "official")
