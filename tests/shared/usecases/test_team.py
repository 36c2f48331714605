"""One product made by several people, each with an exact part of its K."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import refs
from shared.errors import RefusedError
from shared.models.assignment import Share
from shared.ports import put
from shared.scoring.explanation import explain
from tests.builders import a_scheme, a_scorecard
from tests.office import Office

TEAM = {"an": 60, "chi": 40}


@pytest.fixture
def office() -> Office:
    return Office().open()


def k_is(office: Office, k: int) -> None:
    product = office.store.get(refs.catalogue("hs"))
    assert product is not None
    office.store.commit([put(refs.catalogue("hs"), product.model_copy(update={"k": k}))])


def team(shares: Mapping[str, int], lead: str = "an") -> dict[str, object]:
    return {"lead": lead, "shares": dict(shares)}


def test_each_gets_the_part_of_k_that_the_share_says(office: Office) -> None:
    made = office.assign(team(TEAM))
    works = [office.work(one) for one in made]
    assert [(one.official, one.k) for one in works] == [("an", 1500), ("chi", 1000)]
    assert works[1].share == Share(lead="an", percent=40, k=2500)


def test_the_explanation_says_whose_part_of_what_it_is(office: Office) -> None:
    work = office.assign(team(TEAM))[1]
    office.deliver(work)
    told = "\n".join(
        f"{line.en}\n{line.vi}" for line in explain(a_scorecard(office.row(work)), a_scheme())
    )
    assert "K = 1.000, 100.00 % of the work, adds 70.00 points; K is 40 % of K 2.500" in told
    assert "K là 40 % của K 2.500, chủ trì an" in told


@settings(max_examples=25, deadline=None)
@given(k=st.integers(1, 10**6), percents=st.lists(st.integers(1, 99), min_size=1, max_size=2))
def test_the_parts_add_up_to_the_whole(k: int, percents: list[int]) -> None:
    rest = 100 - sum(percents)
    if rest < 1:
        return
    office = Office().open()
    k_is(office, k)
    shares = dict(zip(["an", "chi", "em"], [*percents, rest], strict=False))
    if k * min(shares.values()) < 100:
        return  # somebody's part may be nothing
    made = office.assign(team(shares), by="giam-doc")
    parts = [office.work(one).k for one in made]
    assert sum(parts) == k
    wanted = [k * shares[one.split("_")[2]] for one in made]
    assert all(abs(100 * part - one) < 100 for part, one in zip(parts, wanted, strict=True))


@pytest.mark.parametrize(
    ("to", "field"),
    [
        (team({"an": 60, "chi": 39}), "work.0.to.shares"),
        (team({"an": 60, "chi": 41}), "work.0.to.shares"),
        (team({"an": 60, "chi": 40}, lead="em"), "work.0.to.lead"),
        (team({"an": 99, "chi": 1}), "work.0.to.shares.chi"),
        (team({"an": 60, "em": 40}), "work.0.to"),
        (team({"an": 60, "binh": 40}), "work.0.to"),
    ],
    ids=["too little", "too much", "no share of the lead's", "nothing", "not theirs", "oneself"],
)
def test_what_no_team_may_be(office: Office, to: dict[str, object], field: str) -> None:
    k_is(office, 40)
    with pytest.raises(RefusedError) as refused:
        office.assign(to)
    assert refused.value.faults[0].field == field
    assert list(office.store.find(refs.assignments)) == []
