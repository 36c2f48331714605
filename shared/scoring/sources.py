"""The digests of what a result rests on, in documents that the store has room for."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from shared.models.sources import Sources, WorkSources
from shared.scoring.digest import digest, merkle_root

MOST = 1_500
"""Digests in one document: with the longest ids some 600 kB, of the store's 1 MiB."""


def source_digest(fields: Mapping[str, Any]) -> str:
    """Of a document as it stands, also of one that is no document of ours."""
    try:
        return digest(fields)
    except TypeError:
        return digest(json.dumps(fields, sort_keys=True, default=_spelled))


def listed(
    official: str, papers: Mapping[str, str], work: Mapping[str, WorkSources]
) -> list[Sources]:
    """The sources of one person's result, in as many documents as they need."""
    pages = list(_pages(work))
    return [
        Sources(
            official=official,
            part=number,
            papers=dict(sorted(papers.items())) if number == 1 else {},
            work=page,
        )
        for number, page in enumerate(pages or [{}], start=1)
    ]


def sources_root(lists: Iterable[Sources]) -> str:
    return merkle_root([digest(one.fields()) for one in lists])


def _pages(work: Mapping[str, WorkSources]) -> Iterator[dict[str, WorkSources]]:
    page: dict[str, WorkSources] = {}
    room = MOST
    for name, piece in _pieces(work):
        if room < len(piece.entries) + 1:
            yield page
            page, room = {}, MOST
        page[name] = piece
        room -= len(piece.entries) + 1
    if page:
        yield page


def _pieces(work: Mapping[str, WorkSources]) -> Iterator[tuple[str, WorkSources]]:
    """An assignment with more entries than one document holds goes into several."""
    for name, one in sorted(work.items()):
        entries = sorted(one.entries.items())
        for start in range(0, max(len(entries), 1), MOST - 1):
            part = dict(entries[start : start + MOST - 1])
            yield name, WorkSources(terms=one.terms, entries=part)


def _spelled(value: object) -> str:
    match value:
        case datetime():
            return value.isoformat()
        case bytes():
            return value.hex()
    return type(value).__name__
