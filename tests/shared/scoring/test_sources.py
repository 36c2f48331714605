"""Lists of sources: complete, short enough for the store, and told apart by their root."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.models.sources import WorkSources
from shared.scoring.digest import canonical
from shared.scoring.sources import MOST, listed, source_digest, sources_root
from tests.builders import assignment_id

LIMIT = 2**20
D = "d" * 64


def some_work(sizes: list[int]) -> dict[str, WorkSources]:
    return {
        assignment_id(f"w{number:04}"): WorkSources(
            terms=D, entries={f"e{entry}": D for entry in range(size)}
        )
        for number, size in enumerate(sizes)
    }


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 2 * MOST + 3), max_size=4))
def test_every_document_is_listed_once(sizes: list[int]) -> None:
    work = some_work(sizes)
    lists = listed("an", {"officials/an": D}, work)
    told = [(name, entry) for one in lists for name in one.work for entry in one.work[name].entries]
    assert sorted(told) == sorted((name, entry) for name in work for entry in work[name].entries)
    assert {name for one in lists for name in one.work} == work.keys()
    assert [one.part for one in lists] == list(range(1, len(lists) + 1))
    assert [one.papers for one in lists] == [{"officials/an": D}, *[{}] * (len(lists) - 1)]


def test_the_longest_list_has_room_in_a_document() -> None:
    name = "2026-10_" + "_".join(["u" * 128] * 3)
    work = {f"{name[:-4]}{number:04}": WorkSources(terms=D, entries={}) for number in range(1_000)}
    entries = {f"{number:04}".ljust(200, "e"): D for number in range(5_000)}
    lists = listed("an", {}, {**work, name: WorkSources(terms=D, entries=entries)})
    assert max(len(canonical(one.fields())) for one in lists) < LIMIT * 0.7


def test_the_root_covers_every_digest() -> None:
    work = some_work([2, 1])
    root = sources_root(listed("an", {"officials/an": D}, work))
    first = next(iter(work))
    altered = WorkSources(terms=D, entries={"e0": D, "e1": "e" * 64})
    others = [
        listed("an", {"officials/an": "e" * 64}, work),
        listed("an", {"officials/an": D}, {**work, first: altered}),
        listed("an", {"officials/an": D}, some_work([2])),
    ]
    assert root not in {sources_root(lists) for lists in others}


def test_what_is_no_document_of_ours_has_a_digest_too() -> None:
    values: list[object] = [1.5, float("nan"), b"x", b"y", object(), {1: 2}]
    digests = [source_digest({"value": value}) for value in values]
    assert len(set(digests)) == len(values)
    assert digests == [source_digest({"value": value}) for value in values]
