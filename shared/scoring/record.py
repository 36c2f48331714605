"""What an audit record says of documents, and the digest that it carries."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.models.audit import Altered, Audit, Written
from shared.scoring.digest import canonical, digest

Fields = Mapping[str, Any]
MOST_BYTES = 400_000
"""Of copied values in one record; what does not fit is told by its digests alone."""
DERIVED = {"assignments": {"folded"}}
"""Fields that follow from other documents, by collection: no decision writes them."""


def content(path: str, fields: Fields) -> dict[str, Any]:
    """What a decision wrote of a document, as the store keeps it."""
    derived = DERIVED.get(path.split("/", maxsplit=1)[0], set())
    return {name: value for name, value in fields.items() if name not in derived}


def content_digest(path: str, fields: Fields) -> str:
    return digest(content(path, fields))


def written(path: str, before: Fields | None, after: Fields | None) -> Written:
    """What became of a document; None where it did not stand."""
    return Written(
        path=path,
        before=None if before is None else content_digest(path, before),
        after=None if after is None else content_digest(path, after),
        altered={} if before is None or after is None else _altered(path, before, after),
    )


def bounded(changes: Iterable[Written]) -> list[Written]:
    """With as many copies of values as a document of the store has room for."""
    kept, size = [], 0
    for change in changes:
        size += len(canonical(change.fields()["altered"]))
        kept.append(change if size <= MOST_BYTES else change.model_copy(update={"altered": {}}))
    return kept


def sealed(record: Audit) -> Audit:
    """With the digest that it must carry."""
    return record.model_copy(update={"digest": record_digest(record.fields())})


def record_digest(fields: Fields) -> str:
    return digest({name: value for name, value in fields.items() if name != "digest"})


def _altered(path: str, before: Fields, after: Fields) -> dict[str, Altered]:
    old, new = content(path, before), content(path, after)
    return {
        name: Altered(before=old.get(name), after=new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    }
