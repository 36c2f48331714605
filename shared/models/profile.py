from typing import Annotated

from pydantic import Field

from shared.models.base import Id, Line, Part

Activities = Annotated[list[Line], Field(max_length=200)]


class Columns(Part):
    """Which column says what; a name left out is not read.

    `official` may be absent when each event names who did it (`event_official`):
    then the case belongs to the person of its first event.
    """

    case: Line
    unit: Line | None = None
    official: Line | None = None
    event_official: Line | None = None
    start: Line | None = None
    due: Line | None = None
    finished: Line | None = None
    activity: Line
    time: Line
    event_id: Line | None = None


class Profile(Part):
    """How to read a case log (TOML).

    A case needs a due column or `due_days` after its start (the start column, or
    its first event), and a finished column or the `finishing` activities, the
    last of which finishes it. `rework` lists the activities that are each one
    failed check. Times without a zone are in `time_zone`; `time_format` is for
    sources that do not write ISO 8601 (Python's strptime codes).
    """

    system: Id
    time_zone: Line
    delimiter: Annotated[str, Field(pattern=r'^[^"\r\n]$')] = ","
    encoding: Line = "utf-8-sig"
    time_format: Line | None = None
    unit: Id | None = None
    columns: Columns
    due_days: Annotated[int, Field(ge=0, le=3_650)] | None = None
    finishing: Activities = []
    rework: Activities = []
