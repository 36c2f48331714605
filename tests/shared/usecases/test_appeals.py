"""Who is asked to answer a petition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.usecases.appeals import Authority, nearest

PATH = ["tinh", "so", "p1"]
authorities = st.lists(
    st.builds(Authority, st.sampled_from("abcdef"), st.sampled_from([*PATH, "p2", "so-khac"])),
    max_size=8,
)


@pytest.mark.parametrize(
    ("free", "asked"),
    [
        ([("a", "p1"), ("b", "so")], ["a"]),
        ([("b", "so"), ("c", "tinh")], ["b"]),
        ([("c", "tinh"), ("b", "tinh")], ["b", "c"]),
        ([("d", "p2")], []),
        ([], []),
    ],
)
def test_the_nearest_level_is_asked(free: list[tuple[str, str]], asked: list[str]) -> None:
    assert nearest([Authority(*one) for one in free], PATH) == asked


@given(authorities)
def test_nobody_of_another_branch_is_asked_and_nobody_nearer_is_passed_over(
    free: list[Authority],
) -> None:
    asked = nearest(free, PATH)
    levels = {PATH.index(one.unit) for one in free if one.uid in asked and one.unit in PATH}
    above = [one for one in free if one.unit in PATH]
    assert bool(asked) == bool(above)
    assert not asked or max(PATH.index(one.unit) for one in above) in levels
