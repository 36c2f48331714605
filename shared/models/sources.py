from typing import Annotated, ClassVar

from pydantic import Field

from shared.models.base import AssignmentId, Digest, Document, Id, Part


class WorkSources(Part):
    """Digests of one assignment's terms, and of its entries by their ids."""

    terms: Digest
    entries: dict[str, Digest]


class Sources(Document):
    """What a result rests on: the digest of every document that the close read for it.

    `papers` are the documents beside the work, by path: the official's record, the
    appraisals, measurements. A list too long for one document goes on in `{uid}_2`
    and further; the result carries the root of all of them.
    """

    collection: ClassVar[str] = "sources"

    official: Id
    part: Annotated[int, Field(ge=1, le=10_000)]
    papers: dict[str, Digest]
    work: dict[AssignmentId, WorkSources]
