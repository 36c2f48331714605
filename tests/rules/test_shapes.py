"""What the generator can say, and that it refuses aloud what it cannot."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, model_validator

from infra.local.emulator import FirestoreEmulator
from rules import __main__ as rules
from rules.shapes import MOST_EXPRESSIONS, ShapeError, functions
from shared.models.base import Line, Part, Text, Time


def test_the_committed_rules_are_what_the_models_give() -> None:
    assert rules.RULES.read_text("utf-8") == rules.composed(), "run `make rules`"


def test_the_engine_takes_the_rules_without_a_warning(emulator: FirestoreEmulator) -> None:
    assert emulator.set_rules("demo-rules", rules.composed()) == []


Spaced = Annotated[str, Field(pattern=r"^[a ]+$")]


class Inner(Part):
    lines: list[Line]


class Checked(Part):
    a: Annotated[int, Field(ge=0, le=1)]

    @model_validator(mode="after")
    def _never(self) -> "Checked":
        raise ValueError


class Open(BaseModel):
    a: Annotated[int, Field(ge=0, le=1)]


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        (int, r"Thing\.x: an integer needs ge and le"),
        (float, r"Thing\.x: the rules have no words for float"),
        (str | int, r"Thing\.x: the rules have no words for union"),
        (tuple[int, int], r"Thing\.x: the rules have no words for tuple"),
        (Any, r"Thing\.x: the rules have no words for any"),
        (Time, r"Thing\.x: a client cannot state a time"),
        (list[Line], r"Thing\.x: needs max_length"),
        (dict[Line, Line], r"Thing\.x: needs max_length"),
        (Annotated[dict[Line, Line], Field(max_length=2)], r"Thing\.x key: needs a pattern"),
        (Annotated[dict[Spaced, Line], Field(max_length=2)], r"Thing\.x key: needs a pattern"),
        (Annotated[str, Field(max_length=5)], r"Thing\.x: the rules cannot check max_length"),
        (Annotated[int, Field(ge=0, le=9, multiple_of=3)], r"cannot check multiple_of"),
        (Annotated[Text, AfterValidator(str.strip)], r"Thing\.x: a validator written in Python"),
        (Inner, r"Inner\.lines: needs max_length"),
        (Checked, r"a validator written in Python"),
        (Open, r"Thing\.x: unknown fields must be forbidden"),
        (Annotated[list[Text], Field(max_length=100)], rf"at most {MOST_EXPRESSIONS}"),
    ],
)
def test_a_model_that_cannot_be_expressed_names_the_field(kind: Any, complaint: str) -> None:
    thing = type("Thing", (Part,), {"__annotations__": {"x": kind}})
    with pytest.raises(ShapeError, match=complaint):
        functions({"Thing": TypeAdapter(thing)})


def test_types_are_said_with_their_bounds() -> None:
    class Thing(Part):
        kind: Literal["a", "b"]
        n: Annotated[int, Field(ge=-3, le=7)]
        maybe: Annotated[str, Field(pattern=r"^[a-z]\d+$")] | None = None

    text = functions({"Thing": TypeAdapter(Thing)})
    for condition in (
        "value.kind in ['a', 'b']",
        "value.keys().hasAll(['kind', 'n'])",
        "value.keys().hasOnly(['kind', 'n', 'maybe'])",
        "value.n >= -3",
        "value.n <= 7",
        r"value.maybe.matches('[a-z]\\d+')",
    ):
        assert condition in text
