"""The models and the rules say the same of every document; `make fuzz` asks about more."""

import pytest
from hypothesis import strategies as st

from infra.local.emulator import FirestoreEmulator
from infra.local.stack import RULES
from tests.rules.documents import PAST, Fields, Token
from tests.rules.fuzz import FRESH, LARGEST, OPEN, TEXT, Draft, Engine, check, differ

SEED = 335


@pytest.fixture(scope="module")
def engine(emulator: FirestoreEmulator) -> Engine:
    engine = Engine(emulator, "demo-differential")
    engine.prepare(RULES.read_text("utf-8"))
    return engine


def test_the_models_and_the_rules_agree(engine: Engine) -> None:
    check(engine, 400, SEED)


@pytest.mark.parametrize("kind", LARGEST)
def test_the_largest_entry_of_each_kind_is_accepted(engine: Engine, kind: str) -> None:
    assert engine.accepts(Draft("entries", FRESH, LARGEST[kind]))


@pytest.mark.parametrize("part", ["by_self", "by_head"])
def test_the_largest_appraisal_is_accepted(engine: Engine, part: str) -> None:
    scores = {str(number) * 128: 10_000 for number in range(6)}
    scoring = {"by": Token.CALLER, "at": Token.NOW, "scores": scores, "note": TEXT}
    fields = {"period": OPEN, "official": "an", part: scoring}
    assert engine.accepts(Draft("appraisals", f"{OPEN}_an", fields))


@pytest.mark.parametrize(
    ("bound", "weaker", "field"),
    [
        ("value.percent <= 100", "value.percent <= 101", {"percent": 101}),
        ("value.note.toUtf8().size() <= 6000", "true", {"note": "ệ" * 2001}),
        ("value.at == request.time", "value.at is timestamp", {"at": PAST}),
        ("'percent', 'note'])", "'percent', 'note', 'score'])", {"score": 100}),
    ],
)
def test_a_bound_weakened_by_hand_is_found(
    emulator: FirestoreEmulator, bound: str, weaker: str, field: Fields
) -> None:
    rules = RULES.read_text("utf-8")
    assert bound in rules
    weak = Engine(emulator, "demo-weakened")
    weak.prepare(rules.replace(bound, weaker, 1))
    progress = {"by": Token.CALLER, "at": Token.NOW, "kind": "progress"}
    near = st.sampled_from([progress, {**progress, **field}])
    with pytest.raises(AssertionError, match="the rules accept and the models refuse"):
        check(weak, 30, SEED, ways=[st.builds(Draft, st.just("entries"), st.just(FRESH), near)])
    assert differ(weak, Draft("entries", FRESH, progress)) is None
