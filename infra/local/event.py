"""Firestore's trigger events: what the emulator posts, and what arrives at a function.

What the emulator sends differs from production, and what arrives at the function
must not, so `Event` mends it:

* The mode is binary, as in production, but the body is the *base64 text* of
  the protobuf; production sends the bytes.
* `ce-source` says `projects/projects/P`; the doubled word goes.
* Header values carry raw UTF-8, which the HTTP binding of CloudEvents wants
  percent-encoded. Read a document's name from the body, never from a header.
* `ce-datacontenttype` is there beside `Content-Type`; the binding knows only the latter.
* `ce-time` has whole seconds, so it does not order the writes of one document.
* A write that changes nothing (an update with the same fields, the deletion of
  what is not there) is an event too. Production sends none, so none is delivered.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import quote

from google.events.cloud.firestore_v1 import DocumentEventData
from werkzeug.wrappers import Request

EVENT_PATH = re.compile(r"/functions/projects/(?P<project>[^/]+)/triggers/(?P<trigger>[^/]+)")
"""Where the emulator posts the events of a project's trigger."""

_DOUBLED = "//firestore.googleapis.com/projects/projects/"
_VISIBLE = "".join(map(chr, range(0x21, 0x7F))).translate({ord(c): None for c in '%"'})
_REQUIRED = ("ce-id", "ce-source", "ce-type", "ce-specversion", "ce-document")


@dataclass(frozen=True, slots=True)
class Trigger:
    """Which documents' writes call which function, by its name in the gateway."""

    document: str
    app: str
    on: Literal["written", "created"] = "written"


@dataclass(frozen=True, slots=True)
class Event:
    """A Firestore event as Eventarc delivers it: CloudEvent headers and protobuf bytes."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The same for every delivery of this event."""
        return self.headers["ce-id"]

    @property
    def document(self) -> str:
        """The document's path below `documents/`."""
        return self.headers["ce-document"]

    @classmethod
    def decode(cls, request: Request) -> Self:
        """Read what the emulator posts; the module's docstring says what is mended.

        Raises:
            ValueError: It is not a binary-mode CloudEvent of Firestore.
        """
        headers = {
            name.lower(): _percent_encoded(value)
            for name, value in request.headers
            if name.lower().startswith("ce-") and name.lower() != "ce-datacontenttype"
        }
        missing = [name for name in _REQUIRED if name not in headers]
        if missing:
            raise ValueError(f"not a binary CloudEvent of Firestore: no {', '.join(missing)}")
        source = headers["ce-source"]
        headers["ce-source"] = source.replace(_DOUBLED, _DOUBLED.removesuffix("projects/"), 1)
        headers["content-type"] = "application/protobuf"
        return cls(headers, _from_base64(request.get_data()))

    def changes_nothing(self) -> bool:
        """Say whether the document is the same before and after, or absent both times."""
        data = DocumentEventData.pb().FromString(self.body)
        return bool(
            data.HasField("value") == data.HasField("old_value")
            and data.value.fields == data.old_value.fields
        )


def _percent_encoded(value: str) -> str:
    # WSGI hands the bytes of a header over as Latin-1.
    return quote(value.encode("latin-1"), safe=_VISIBLE)


def _from_base64(body: bytes) -> bytes:
    """No event begins like base64 text (its first byte is a control character)."""
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        return body
