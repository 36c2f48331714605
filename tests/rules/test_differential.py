"""The models and the rules say the same of every document; `make fuzz` asks about more."""

import pytest
from hypothesis import strategies as st

from infra.local.emulator import FirestoreEmulator
from infra.local.stack import RULES
from shared.models.appraisal import MOST_SCORES, MOST_STATEMENTS
from tests.rules.documents import FUTURE, PAST, Fields, Token
from tests.rules.fuzz import (
    FRESH,
    JUDGE,
    LARGEST,
    OPEN,
    SIGNED,
    TEXT,
    Draft,
    Engine,
    check,
    differ,
)

SEED = 335
LONG = [f"{number}" * 128 for number in range(MOST_SCORES)]
LARGEST_SCORING: Fields = {
    **SIGNED,
    "scores": dict.fromkeys(LONG, 10_000),
    "statements": dict.fromkeys(LONG[:MOST_STATEMENTS], "o" * 128),
    "note": TEXT,
}


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
    fields = {"period": OPEN, "official": "an", part: LARGEST_SCORING}
    assert engine.accepts(Draft("appraisals", f"{OPEN}_an", fields))


@pytest.mark.parametrize("seats", [["so", "x", "p2"], ["x", "x", "so"]])
def test_also_where_it_takes_most_to_say_who_may(
    emulator: FirestoreEmulator, seats: list[str]
) -> None:
    """For time served in another unit, from above, by whoever stands in there at last."""
    engine = Engine(emulator, "demo-dearest")
    engine.prepare(RULES.read_text("utf-8"))
    engine.lay("units/p2", {"path": ["so", "p2"], "head": "dung"})
    services = [{"unit": "p2", "duty": "member"}] * 4
    served = {"unit": "p1", "units": ["p1", "p2"], "postings": services}
    engine.lay("officials/an", {**served, "roles": ["official"]})
    stints = [{"unit": unit, "start": PAST, "end": FUTURE} for unit in seats]
    standing_in = {"unit": "p1", "roles": ["official", "head"], "is_head": True}
    engine.lay(f"officials/{JUDGE}", {**standing_in, "stands_in": stints})
    engine.lay(f"periods/{OPEN}", {"state": "open", "above_from": PAST, "parts": []})
    place = {"period": OPEN, "official": "an", "unit": "p2"}
    told = {**LARGEST_SCORING, "in_place": "above"}
    for scoring, granted in ((told, True), (LARGEST_SCORING, "p2" in seats)):
        draft = Draft("appraisals", f"{OPEN}_an_p2", {**place, "by_head": scoring})
        assert engine.accepts(draft) is granted


KEYS = [["a b"], ["a b", "c"], ["a", ""], [" "], [" a"], ["a "], ["a", "b  c"], ["a", "b"]]


@pytest.mark.parametrize("keys", KEYS, ids=str)
def test_each_key_counts_for_one(engine: Engine, keys: list[str]) -> None:
    for name, value in (("scores", 1), ("statements", "o")):
        scoring = {**SIGNED, "scores": {"c": 1}, name: dict.fromkeys(keys, value)}
        fields = {"period": OPEN, "official": "an", "by_self": scoring}
        assert differ(engine, Draft("appraisals", f"{OPEN}_an", fields)) is None


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
