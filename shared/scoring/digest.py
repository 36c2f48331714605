"""Canonical bytes, digests and Merkle roots: what makes a result provable."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar

from shared.models.base import Document

D = TypeVar("D", bound=Document)
PLAIN = {type(None), bool, int, str}
UNSEALED = "0" * 64
"""Stands in the field `digest` until a document is sealed."""


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no white space, UTF-8; times in UTC with microseconds.

    Raises TypeError on a float, a time without a zone, a key that is no string, or
    any other value that has no one spelling.
    """
    return json.dumps(
        _plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return sha256(canonical(value)).hexdigest()


def sealed(document: D) -> D:
    """With the digest that it must carry in its field `digest`."""
    return document.model_copy(update={"digest": seal(document.fields())})


def seal(fields: Mapping[str, Any]) -> str:
    """The digest a document must carry: of all its fields but the digest itself."""
    return digest({name: value for name, value in fields.items() if name != "digest"})


def merkle_root(leaves: Sequence[str]) -> str:
    """The Merkle tree hash of RFC 6962 over hexadecimal digests, in the order given."""
    return _root([bytes.fromhex(leaf) for leaf in leaves]).hex()


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) <= 1:
        return sha256(b"\x00" + leaves[0] if leaves else b"").digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + _root(leaves[:half]) + _root(leaves[half:])).digest()


def _plain(value: object) -> object:
    # First what is most frequent, by the quickest test: a close digests every entry.
    if type(value) in PLAIN:
        return value
    if isinstance(value, dict) and set(map(type, value)) <= {str}:
        return {key: item if type(item) in PLAIN else _plain(item) for key, item in value.items()}
    match value:
        case int() | str():
            return value
        case datetime() if value.tzinfo is not None:
            moment = value.astimezone(UTC).replace(tzinfo=None)
            return moment.isoformat(timespec="microseconds") + "Z"
        case Mapping() if all(isinstance(key, str) for key in value):
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")
