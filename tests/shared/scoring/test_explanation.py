from hypothesis import given
from hypothesis import strategies as st

from shared.models.scorecard import Contribution, Scorecard
from shared.scoring.explanation import explain, share
from tests.builders import (
    DAY,
    DUE,
    a_contribution,
    a_return,
    a_scheme,
    a_scorecard,
    delivered,
    full_marks,
)
from tests.strategies import histories

SCHEME = a_scheme()
rows = st.builds(a_contribution, histories, k=st.integers(1, 5000), quantity=st.integers(1, 9))


def words(card: Scorecard) -> str:
    return "\n".join(f"{line.en}\n{line.vi}" for line in explain(card, SCHEME))


@given(st.lists(rows, max_size=4))
def test_the_shares_of_all_assignments_make_up_the_points(rows: list[Contribution]) -> None:
    card = a_scorecard(*rows)
    shares = [share(row, card, SCHEME) for row in rows]
    assert all(0 <= one <= 7000 for one in shares)
    assert abs(sum(shares) - (card.task.points or 0)) <= (len(shares) + 1) / 2


def test_an_explanation_names_every_number_behind_the_score() -> None:
    late, failed = delivered(at=DUE + DAY), delivered() | {"r1": a_return()}
    rows = [a_contribution(delivered())] * 7 + [a_contribution(late), a_contribution(failed)]
    told = words(a_scorecard(*rows, a_contribution()))
    for number in ("90.00 %", "87.50 %", "61.83", "30.00", "91.83", "Excellent", "decree-335@1"):
        assert number in told


def test_an_explanation_says_what_is_missing_instead_of_a_zero() -> None:
    assert "Insufficient data" in words(a_scorecard())
    assert "The head has not scored" in words(a_scorecard(a_contribution(), general=None))
    above = full_marks() | {"conduct": 1001}
    assert "do not count" in words(a_scorecard(a_contribution(), general=above))
    assert "Not rated" in words(a_scorecard())
