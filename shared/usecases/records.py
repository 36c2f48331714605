"""What a change makes of an official's record: pure, and without overlaps or silent gaps."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from shared.errors import RefusedError, refuse
from shared.models.official import Ahead, Duty, Leave, Official, Posting, StandIn
from shared.models.scorecard import Override
from shared.vietnamese import day

MOST_TERMS = 3
"""As many as the rules of the store look at."""


def posted(
    official: Official,
    unit: str,
    start: datetime,
    duty: Duty = "member",
    field: Sequence[str] = (),
    position: str | None = None,
) -> Official:
    """Serving elsewhere, or as something else, from `start` on: what went before ends there.

    Without another `position` the same is held on.
    """
    *earlier, last = _positioned(official)
    if start <= last.start:
        raise refuse(
            "conflict",
            "start",
            f"the last posting starts on {day(last.start)}: correct that one instead",
            f"nơi công tác gần nhất bắt đầu từ {day(last.start)}; hãy đính chính",
        )
    ended = last if last.end and last.end <= start else last.model_copy(update={"end": start})
    held = position or last.position
    new = Posting(unit=unit, start=start, duty=duty, position=held, field=[*field])
    return with_postings(official, [*earlier, ended, new])


def expecting(official: Official, ahead: Ahead) -> Official:
    """With a transfer that is to come, and nothing else changed."""
    if official.ahead is not None:
        on = official.ahead.start
        raise refuse(
            "conflict",
            "start",
            f"another transfer is to come on {day(on)}: call that off first",
            f"đã có quyết định chuyển từ {day(on)}; hãy hủy quyết định đó trước",
        )
    posted(official, ahead.unit, ahead.start, ahead.duty, ahead.field, ahead.position)
    return official.model_copy(update={"ahead": ahead})


def called_off(official: Official) -> Official:
    if official.ahead is None:
        raise refuse(
            "missing", "official", "no transfer is to come", "không có quyết định chuyển sắp tới"
        )
    return official.model_copy(update={"ahead": None})


def departed(official: Official, end: datetime) -> Official:
    """Out of service from `end` on: results stay, rights go."""
    last = official.postings[-1]
    if last.end is not None or end <= last.start:
        raise refuse(
            "conflict",
            "end",
            "does not serve at that time",
            "không công tác vào thời điểm này",
        )
    ended = [*official.postings[:-1], last.model_copy(update={"end": end})]
    gone = with_postings(official, ended)
    rights = {"roles": [], "is_head": False, "stands_in": [], "ahead": None}
    return gone.model_copy(update=rights)


def corrected(
    official: Official, wrong: str, right: str, start: datetime, end: datetime | None
) -> Official:
    """With the time from `start` until before `end` served in the right unit instead."""
    standing = _positioned(official)
    postings = [
        part
        for posting in standing
        for part in (_split(posting, right, start, end) if posting.unit == wrong else [posting])
    ]
    if postings == standing:
        raise refuse(
            "missing",
            "wrong",
            f"nothing was served in {wrong} in that time",
            f"không có thời gian công tác tại {wrong} trong khoảng này",
        )
    return with_postings(official, _joined(postings))


def with_postings(official: Official, postings: Sequence[Posting]) -> Official:
    """Where they serve now is where the last posting says, and as what."""
    ordered = sorted(postings, key=lambda one: one.start)
    for earlier, later in pairwise(ordered):
        if earlier.end is None or earlier.end > later.start:
            raise refuse(
                "conflict",
                "start",
                f"overlaps with the posting in {later.unit}",
                f"trùng thời gian công tác tại {later.unit}",
            )
    last = ordered[-1]
    return official.model_copy(
        update={
            "unit": last.unit,
            "position": last.position or official.position,
            "is_head": last.duty == "head" and last.end is None,
            "postings": ordered,
            "units": sorted({one.unit for one in ordered}),
        }
    )


def on_leave(official: Official, leave: Leave) -> Official:
    if leave.end <= leave.start:
        raise _ends_before_it_starts()
    if any(one.start < leave.end and leave.start < one.end for one in official.leave):
        raise refuse("conflict", "start", "is on leave already then", "đã có thời gian nghỉ này")
    leaves = sorted([*official.leave, leave], key=lambda one: one.start)
    return official.model_copy(update={"leave": leaves})


def recalled(official: Official, start: datetime, end: datetime) -> Official:
    """The leave that starts then ends otherwise; it never was when it ends where it starts."""
    rest = [one for one in official.leave if one.start != start]
    if len(rest) == len(official.leave):
        raise refuse("missing", "start", "no leave starts then", "không có đợt nghỉ bắt đầu lúc đó")
    if end <= start:
        return official.model_copy(update={"leave": rest})
    leave = next(one for one in official.leave if one.start == start)
    changed = official.model_copy(update={"leave": rest})
    return on_leave(changed, leave.model_copy(update={"end": end}))


def standing_in(official: Official, term: StandIn, now: datetime) -> Official:
    """With one more term; those that are over make room."""
    if term.end <= max(term.start, now):
        raise _ends_before_it_starts()
    terms = [one for one in official.stands_in if one.end > now]
    if len(terms) >= MOST_TERMS:
        raise refuse(
            "conflict", "unit", "stands in three times already", "đã được giao thay ba nơi"
        )
    return official.model_copy(update={"stands_in": [*terms, term]})


def with_fact(official: Official, fact: Override) -> Official:
    if fact.until is not None and fact.until <= fact.at:
        raise _ends_before_it_starts()
    if any(_same(one, fact.kind, fact.at) for one in official.facts):
        raise refuse("conflict", "kind", "is entered already", "sự việc này đã được ghi")
    return official.model_copy(update={"facts": [*official.facts, fact]})


def with_fact_changed(official: Official, kind: str, at: datetime, **changes: datetime) -> Official:
    """The fact stays in the record, with when it ended or was withdrawn."""
    if not any(_same(one, kind, at) for one in official.facts):
        raise refuse("missing", "kind", "no such fact stands", "không có sự việc này")
    facts = [
        one.model_copy(update=changes) if _same(one, kind, at) else one for one in official.facts
    ]
    return official.model_copy(update={"facts": facts})


def _same(fact: Override, kind: str, at: datetime) -> bool:
    return fact.withdrawn_at is None and (fact.kind, fact.at) == (kind, at)


def _split(
    posting: Posting, right: str, start: datetime, end: datetime | None
) -> Iterable[Posting]:
    """The part before, the part that is corrected, and the part after."""
    first = max(posting.start, start)
    ends = [one for one in (posting.end, end) if one is not None]
    last = min(ends) if ends else None
    if last is not None and last <= first:
        return [posting]
    before = posting.model_copy(update={"end": first})
    within = Posting(unit=right, start=first, end=last, position=posting.position)
    after = None if last is None else posting.model_copy(update={"start": last})
    parts = [before] if posting.start < first else []
    parts.append(within)
    if after is not None and (after.end is None or after.end > after.start):
        parts.append(after)
    return parts


def _joined(postings: Sequence[Posting]) -> list[Posting]:
    """Neighbours that say the same are one."""
    joined: list[Posting] = []
    for one in sorted(postings, key=lambda one: one.start):
        previous = joined[-1] if joined else None
        if previous and previous.end == one.start and _says(previous) == _says(one):
            joined[-1] = previous.model_copy(update={"end": one.end})
        else:
            joined.append(one)
    return joined


def _says(posting: Posting) -> tuple[object, ...]:
    return posting.unit, posting.duty, posting.position, posting.field


def _positioned(official: Official) -> list[Posting]:
    """The postings, each with its position: `official.position` is only that of the last."""
    return [one.model_copy(update={"position": official.held_in(one)}) for one in official.postings]


def _ends_before_it_starts() -> RefusedError:
    return refuse("invalid", "end", "lies before the start or in the past", "trước lúc bắt đầu")
