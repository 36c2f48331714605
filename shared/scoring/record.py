"""What an audit record says of documents, and the digest that it carries."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.models.audit import Altered, Written
from shared.models.notice import Notice
from shared.scoring.digest import canonical, seal
from shared.scoring.sources import source_digest

Fields = Mapping[str, Any]
MOST_BYTES = 400_000
"""Of copied values in one record; what does not fit is told by its digests alone."""
DERIVED = {"assignments": {"folded"}}
"""Fields that follow from other documents, by collection: no decision writes them."""


def content(path: str, fields: Fields) -> dict[str, Any]:
    """What a decision wrote of a document; absent and null are the same in what clients write."""
    derived = DERIVED.get(path.split("/", maxsplit=1)[0], set())
    return {
        name: value for name, value in fields.items() if name not in derived and value is not None
    }


def content_digest(path: str, fields: Fields) -> str:
    return source_digest(content(path, fields))


def written(path: str, before: Fields | None, after: Fields | None) -> Written:
    """What became of a document; None where it did not stand."""
    return Written(
        path=path,
        before=None if before is None else content_digest(path, before),
        after=None if after is None else content_digest(path, after),
        altered={} if before is None or after is None else _altered(path, before, after),
    )


def bounded(changes: Iterable[Written], most: int = MOST_BYTES) -> list[Written]:
    """With as many copies of values as a document of the store has room for."""
    kept, size = [], 0
    for change in changes:
        size += len(canonical(change.fields()["altered"]))
        kept.append(change if size <= most else change.model_copy(update={"altered": {}}))
    return kept


def sealed_notice(notice: Notice) -> Notice:
    """With the digest that it must carry; whoever marks it read leaves it as it is."""
    return notice.model_copy(update={"digest": notice_seal(notice.fields())})


def notice_seal(fields: Fields) -> str:
    later = {"read_at", "pushed_at"}
    return seal({name: value for name, value in fields.items() if name not in later})


def _altered(path: str, before: Fields, after: Fields) -> dict[str, Altered]:
    old, new = content(path, before), content(path, after)
    return {
        name: Altered(before=old.get(name), after=new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    }
