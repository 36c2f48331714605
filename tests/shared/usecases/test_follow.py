"""What follows from later versions: by itself, as versions, whatever the order; verify knows."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared import refs
from shared.errors import NotYetError, RefusedError
from shared.models.correction import Correction
from shared.ports import create, patch, put
from shared.usecases.caller import Caller
from shared.usecases.correct import Corrected, CorrectRequest, correct
from shared.usecases.follow import FollowTask, HeadsTask, ask_what_follows, follow
from shared.usecases.standing import Standing, read_standing
from shared.usecases.verify import verify
from tests.builders import END, PERIOD, a_posting, a_submission, an_official
from tests.closed import record
from tests.province import Place, a_rated_unit

TASKS: TypeAdapter[FollowTask] = TypeAdapter(FollowTask)
CRITERIA = ("conduct", "competence", "initiative")


@dataclass
class Review:
    """A month under review, whose corrections have their events and tasks."""

    place: Place
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        posting = a_posting(unit="tinh", start=END)
        served = {"unit": "tinh", "units": ["tinh"], "postings": [posting]}
        authority = an_official(name="Quyền", roles=["authority"], **served)
        record(self.place.store, [put(refs.officials("quyen"), authority)])
        self.place.close()
        self.place.queue.calls.clear()
        assert self.findings() == []

    def correct(self, uid: str, points: int) -> Corrected:
        """Every criterion of a head's score."""
        items = [{"kind": "criterion", "criterion": one, "points": points} for one in CRITERIA]
        body = {"period": PERIOD, "official": uid, "reason": "sửa sai", "corrects": items}
        request = CorrectRequest.model_validate(body)
        key = f"k{len(self.place.store.written)}"
        return correct(self.place, self.place.schemes, self.caller(), key, request)

    def caller(self) -> Caller:
        record = self.place.store.get(refs.officials("quyen"))
        return Caller("quyen", self.place.clock.now(), record)

    def events(self) -> None:
        """Of versions that were made."""
        made = [path for path in self.place.store.created if "/corrections/" in path]
        for path in made:
            if path not in self.seen:
                self.seen.add(path)
                _, period, _, name = path.split("/")
                ask_what_follows(self.place, period, name)

    def settle(self) -> None:
        self.events()
        while self.place.queue.calls:
            function, payload = self.place.queue.calls.pop(0)
            assert function == "follow"
            follow(self.place, self.place.schemes, TASKS.validate_python(payload))
            self.events()

    def versions(self, uid: str) -> list[Correction]:
        found = self.place.store.find(refs.corrections(PERIOD), prefix=f"{uid}_")
        return sorted((one.value for one in found), key=lambda one: one.version)

    def standing(self, uid: str, period: str = PERIOD) -> Standing:
        found = read_standing(self.place.store, period, uid)
        assert found is not None
        return found

    def stated(self, *uids: str) -> list[str | None]:
        cards = (self.standing(uid).result.scorecard for uid in uids)
        return [card.assessments[PERIOD].statements.get("d") for card in cards]

    def findings(self, period: str = PERIOD) -> list[str]:
        found = verify(self.place.store, self.place.schemes, period).findings
        return [one.path for one in found]


def a_review() -> Review:
    """Everybody is completed or above; An hardly."""
    place = Place()
    place.serve("an", "p1", 1)
    place.serve("em", "p2", 2)
    place.serve("truong-1", "p1", 2, duty="head")
    place.serve("truong-2", "p2", 2, duty="head")
    place.serve("giam-doc", "so", 2, duty="head")
    place.serve("pho-1", "so", 2, duty="deputy", field=["p1"])
    return Review(place)


HEADS = ("truong-1", "giam-doc", "pho-1", "truong-2")


def test_a_corrected_rating_reaches_every_head_above_and_back_again() -> None:
    review = a_review()
    assert review.stated(*HEADS) == ["yes"] * 4
    review.correct("an", 0)
    review.settle()
    assert review.standing("an").rating == "not_completed"
    assert review.stated(*HEADS) == ["no", "no", "no", "yes"]
    assert review.findings() == []
    review.correct("an", 1000)
    review.settle()
    assert review.stated(*HEADS) == ["yes"] * 4
    assert [len(review.versions(uid)) for uid in HEADS] == [2, 2, 2, 0]
    assert review.findings() == []


def test_a_version_says_what_it_follows_from_and_the_person_is_told() -> None:
    review = a_review()
    review.correct("an", 0)
    review.settle()
    [made] = review.versions("truong-1")
    assert made.follows == [refs.correction(PERIOD, "an", 2).path]
    assert (made.by, made.appeal, made.entries, made.criteria) == ("%platform", None, {}, {})
    assert made.petition_until is not None
    assert made.answer_until is not None
    first = review.place.card("truong-1")
    assert first.points("task") == 7000
    assert made.result.scorecard.points("task") == 6417
    told = review.place.store.get(refs.inbox("truong-1")(f"version.{PERIOD}.2"))
    assert told is not None
    assert "100.00 points" in told.body.en
    assert "94.17 điểm" in told.body.vi
    live = review.place.store.get(refs.scorecard(PERIOD, "truong-1"))
    assert live == made.result.scorecard


def test_what_changes_no_rating_writes_nothing() -> None:
    review = a_review()
    review.correct("an", 900)
    before = list(review.place.store.written)
    review.settle()
    assert review.place.store.written == before


def test_a_unit_that_does_worse_bears_on_its_head_alone() -> None:
    """30 + 5/6 × 40 + 6 = 69.33; with the sixth product, 76."""
    place = a_rated_unit(20)
    name = refs.assignment_id(PERIOD, "p1", "an", "w1")
    place.store.commit([create(refs.entries(name)("s1"), a_submission())])
    review = Review(place)
    head = review.standing("truong-1").result.scorecard
    assert (head.rating, head.gate) == ("not_completed", "unit")
    assert head.assessments[PERIOD].unit == {"whole": 6933}
    _accept(review, name)
    review.settle()
    head = review.standing("truong-1").result.scorecard
    assert head.assessments[PERIOD].unit == {"whole": 7600}
    assert (head.rating, head.gate) == ("excellent", "score")
    assert review.versions("pho") == []
    assert review.findings() == []


def _accept(review: Review, name: str) -> None:
    """Accepted after a petition: it had been delivered in time, and nobody looked."""
    items = [{"kind": "accept", "assignment": name, "submission": "s1"}]
    body = {"period": PERIOD, "official": "an", "reason": "sửa sai", "corrects": items}
    request = CorrectRequest.model_validate(body)
    correct(review.place, review.place.schemes, review.caller(), "accept", request)


@settings(max_examples=6, deadline=None)
@given(st.data())
def test_whatever_the_order_the_same_stands_in_the_end(data: st.DataObject) -> None:
    """Events and tasks come late, twice and in any order; then all that follows is there."""
    calm, other = a_review(), a_review()
    steps = data.draw(
        st.lists(
            st.tuples(st.sampled_from(["an", "em", "truong-1"]), st.sampled_from([0, 1000])),
            min_size=1,
            max_size=4,
        )
    )
    for uid, points in steps:
        for review in (calm, other):
            try:
                review.correct(uid, points)
            except RefusedError as refused:
                assert refused.code == "invalid"  # noqa: PT017  # it changes nothing
        calm.settle()
        calls = other.place.queue.calls
        other.events()
        chosen = data.draw(st.lists(st.sampled_from(calls), max_size=3)) if calls else []
        for _, payload in chosen:
            follow(other.place, other.place.schemes, TASKS.validate_python(payload))
    other.settle()
    for uid in ("an", "em", *HEADS):
        assert other.standing(uid).result.scorecard == calm.standing(uid).result.scorecard
    assert other.findings() == calm.findings() == []


def test_verify_misses_what_was_not_written_down() -> None:
    review = a_review()
    review.correct("an", 0)
    assert review.findings() == sorted(
        refs.correction(PERIOD, uid, 2).path for uid in ("giam-doc", "pho-1", "truong-1")
    )


@pytest.mark.parametrize(
    "change",
    [
        {("result", "scorecard", "total"): 9_999},
        {("follows",): []},
        {("petition_until",): END},
        {("reason",): "khác hẳn"},
    ],
    ids=str,
)
def test_a_consequence_altered_in_any_field_is_named(change: Any) -> None:
    review = a_review()
    review.correct("an", 0)
    review.settle()
    path = refs.correction(PERIOD, "truong-1", 2)
    review.place.store.commit([patch(path, change)])
    assert path.path in review.findings()


def test_nothing_follows_in_a_period_that_is_open_or_unknown() -> None:
    review = a_review()
    review.correct("an", 0)
    for state, period in (("open", PERIOD), ("review", "2031-01")):
        review.place.store.commit([patch(refs.periods(PERIOD), {("state",): state})])
        before = list(review.place.store.written)
        follow(review.place, review.place.schemes, HeadsTask(period=period, unit="p1"))
        assert review.place.store.written == before
    review.place.store.commit([patch(refs.periods(PERIOD), {("state",): "closing"})])
    with pytest.raises(NotYetError, match="is being compiled"):
        follow(review.place, review.place.schemes, HeadsTask(period=PERIOD, unit="p1"))
