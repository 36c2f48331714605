from datetime import timedelta, timezone
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.models.base import (
    AssignmentId,
    Coefficient,
    Count,
    Digest,
    Document,
    Id,
    Path,
    PeriodId,
    Points,
    Quantity,
    Reason,
    SchemeRef,
    Time,
)
from shared.models.entry import EntryId
from shared.scoring.digest import canonical
from tests.builders import (
    START,
    a_contribution,
    a_period,
    a_product,
    a_result,
    a_scheme,
    a_scorecard,
    a_unit,
    an_appraisal,
    an_assignment,
    an_official,
    delivered,
    every_entry,
    through_store,
)

DOCUMENTS: list[Document] = [
    *every_entry().values(),
    an_assignment({f"e{n}": entry for n, entry in enumerate(every_entry().values())}),
    an_assignment(),
    an_appraisal(),
    an_official(),
    a_period(),
    a_product(),
    a_result(),
    a_scheme(),
    a_scorecard(a_contribution(delivered()), general=None),
    a_unit(),
]
INT64 = 2**63 - 1
EXACT_IN_JAVASCRIPT = 2**53 - 1

each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda document: type(document).__name__
)


def is_valid(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


@each_document
def test_a_document_read_back_from_the_store_is_the_same(document: Document) -> None:
    read = type(document).model_validate(through_store(document.fields()))
    assert read == document
    assert canonical(read.fields()) == canonical(document.fields())


@each_document
def test_a_document_read_from_its_json_is_the_same(document: Document) -> None:
    assert (
        type(document).model_validate_json(document.model_dump_json(exclude_none=True)) == document
    )


@each_document
def test_an_absent_value_is_an_absent_key(document: Document) -> None:
    assert nulls(document.fields()) == []


@each_document
def test_a_document_refuses_a_field_it_does_not_know(document: Document) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        type(document).model_validate({**document.fields(), "surprise": 1})


@each_document
def test_a_document_refuses_each_field_of_another_type(document: Document) -> None:
    for name in document.fields():
        with pytest.raises(ValidationError):
            type(document).model_validate({**document.fields(), name: 0.5})


@each_document
def test_a_document_never_changes(document: Document) -> None:
    for name in document.fields():
        with pytest.raises(ValidationError, match="frozen"):
            setattr(document, name, None)


@each_document
def test_every_number_fits_the_store_and_a_browser(document: Document) -> None:
    assert all(0 <= number <= EXACT_IN_JAVASCRIPT < INT64 for number in numbers(document.fields()))


def nulls(value: object) -> list[object]:
    return [inner for inner in leaves(value) if inner is None]


def numbers(value: object) -> list[int]:
    return [inner for inner in leaves(value) if isinstance(inner, int)]


def leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


@pytest.mark.parametrize("text", ["a", "A1", "Resource04", "an.nguyen@tn+1%5Fx-2", "9", "a" * 128])
def test_an_id_is_letters_digits_and_some_signs(text: str) -> None:
    assert is_valid(Id, text)


@pytest.mark.parametrize(
    "text",
    ["", "a_b", "a/b", ".", "..", ".a", "-a", "@a", "a b", "é", "a\n", "\na", "a\0", "a" * 129],
)
def test_an_id_holds_no_separator_and_nothing_else(text: str) -> None:
    assert not is_valid(Id, text)
    assert not is_valid(AssignmentId, f"2026-10_u_{text}_w")


@pytest.mark.parametrize("text", ["__x__", "a_b", "a@b", "a/b", ".", "", "a" * 201])
def test_an_entry_id_is_a_name_the_store_takes(text: str) -> None:
    assert not is_valid(EntryId, text)


@pytest.mark.parametrize("text", ["2026", "2026-01", "2026-12", "2026-Q1", "2026-Q4"])
def test_a_period_is_a_month_a_quarter_or_a_year(text: str) -> None:
    assert is_valid(PeriodId, text)
    assert is_valid(AssignmentId, f"{text}_u_a_w")


@pytest.mark.parametrize(
    "text", ["2026-00", "2026-13", "2026-Q0", "2026-Q5", "26", "2026-1", "2026-10\n"]
)
def test_nothing_else_is_a_period(text: str) -> None:
    assert not is_valid(PeriodId, text)
    assert not is_valid(AssignmentId, f"{text}_u_a_w")


@pytest.mark.parametrize(
    "text", ["2026-10_u_a", "2026-10_u_a_w_x", "2026-10__a_w", "u_a_w", "2026-10_u_a_w "]
)
def test_an_assignments_id_has_four_parts(text: str) -> None:
    assert not is_valid(AssignmentId, text)


def test_the_longest_assignment_id_fits() -> None:
    longest = "_".join(["2026-10", "u" * 128, "a" * 128, "w" * 128])
    assert is_valid(AssignmentId, longest)
    assert len(longest) < 600


@pytest.mark.parametrize(
    "text", ["decree-335@0", "decree-335", "Decree@1", "@1", "a@01", "a@10000"]
)
def test_a_scheme_is_named_with_its_version(text: str) -> None:
    assert is_valid(SchemeRef, "decree-335@1")
    assert not is_valid(SchemeRef, text)


@pytest.mark.parametrize("text", ["f" * 63, "f" * 65, "F" * 64, "g" * 64, "f" * 64 + "\n"])
def test_a_digest_is_64_small_hexadecimal_digits(text: str) -> None:
    assert is_valid(Digest, "0a" * 32)
    assert not is_valid(Digest, text)


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [(Points, 0, 10_000), (Coefficient, 1, 10**6), (Quantity, 1, 1000), (Count, 0, 10**12)],
)
def test_numbers_have_bounds_and_are_whole(kind: object, least: int, most: int) -> None:
    assert [is_valid(kind, value) for value in (least - 1, least, most, most + 1)] == [
        False,
        True,
        True,
        False,
    ]
    assert not any(is_valid(kind, value) for value in (1.0, "1", True, None))


@pytest.mark.parametrize("value", [START.replace(tzinfo=None), START.isoformat(), START.date(), 1])
def test_a_time_is_a_moment_with_its_zone(value: object) -> None:
    assert is_valid(Time, START)
    assert is_valid(Time, START.astimezone(timezone(timedelta(hours=7))))
    assert not is_valid(Time, value)


def test_a_reason_says_something() -> None:
    assert not any(is_valid(Reason, text) for text in ("", "ok", " \t\n ok", "ệ" * 2001))
    assert all(is_valid(Reason, text) for text in ("mưa", "a b c", "ệ" * 2000, "😀" * 1500))


def test_a_path_has_one_to_eight_units() -> None:
    assert [is_valid(Path, ["u"] * depth) for depth in (0, 1, 8, 9)] == [False, True, True, False]
