import pytest

from shared.models.scheme import Derivation, Rating
from shared.scoring.statement import derive
from tests.builders import a_scheme

D = Derivation(at_least="completed", met="yes", unmet="no")


@pytest.mark.parametrize(
    ("ratings", "said"),
    [
        (["excellent", "good", "completed"], "yes"),
        (["excellent", "not_completed"], "no"),
        (["completed"], "yes"),
        ([], None),
    ],
)
def test_every_subordinate_with_a_rating_must_have_reached_it(
    ratings: list[Rating], said: str | None
) -> None:
    assert derive(D, ratings, a_scheme()) == said
