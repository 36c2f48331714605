from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.models.base import Document, ServerTime


class Device(Document):
    """A phone or browser that its owner wants notices on; written by the owner's client."""

    collection: ClassVar[str] = "devices"

    installation: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,64}$")]
    """The app on it, as Firebase names installations: where Cloud Messaging reaches it."""
    language: Literal["vi", "en"]
    at: ServerTime
