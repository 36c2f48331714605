"""What is to be said to whom: planned from the work as it stands, by nothing but the time.

A notice's id follows from what it says, so a plan made again is the same plan.
"""

from base64 import b32encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from shared.errors import Fault
from shared.models.assignment import Assignment
from shared.models.notice import Notice
from shared.models.period import Period
from shared.models.scheme import Title, Words
from shared.scoring.digest import UNSEALED
from shared.scoring.record import sealed_notice
from shared.usecases.work import open_units
from shared.vietnamese import name_key, period_name

BEFORE = (1, 3, 7)
"""Days before a deadline on which it is recalled."""
AGAIN = 7
"""Days after which somebody who is behind is told again."""
NAMED = 10
"""People that a digest names; of the others it says how many."""


@dataclass(frozen=True)
class Planned:
    to: str
    id: str
    notice: Notice


@dataclass(frozen=True)
class Waiting:
    """A submission that nobody has judged yet."""

    assignment: str
    submission: str
    title: str
    official: str
    approver: str
    since: datetime


@dataclass
class Digest:
    """What somebody in charge should know today."""

    behind: Counter[str] = field(default_factory=Counter)
    """Pieces of work overdue, by official."""
    waiting: list[Waiting] = field(default_factory=list)
    unscored: list[str] = field(default_factory=list)


def plan(
    to: str, kind: str, subject: Sequence[str], at: datetime, said: tuple[Title, Words]
) -> Planned:
    """A notice under the id that its kind, its receiver and subject always give; 130 bits."""
    text = "\x00".join([kind, to, *subject])
    hashed = b32encode(sha256(text.encode()).digest()).decode().lower()[:26]
    title, body = said
    told = {"kind": kind, "title": title, "body": body, "at": at, "digest": UNSEALED}
    notice = sealed_notice(Notice.model_validate(told))
    return Planned(to, f"{kind}-{hashed}", notice)


def is_behind(assignment: Assignment, now: datetime) -> bool:
    return assignment.due_now < now < assignment.period_end and open_units(assignment) > 0


def waiting(name: str, assignment: Assignment) -> Iterator[Waiting]:
    folded = assignment.folded
    for submission, delivery in folded.submissions.items():
        if submission not in folded.verdicts:
            yield Waiting(
                name,
                submission,
                assignment.title,
                assignment.official,
                assignment.approver,
                delivery.at,
            )


def to_doer(name: str, assignment: Assignment, now: datetime, zone: ZoneInfo) -> Iterator[Planned]:
    """What the doer should know of a piece of work: it came back, is due soon or overdue."""
    if now >= assignment.period_end or open_units(assignment) == 0:
        return
    doer, due = assignment.official, assignment.due_now
    for submission, verdict in assignment.folded.verdicts.items():
        if not verdict.accepted:
            yield plan(doer, "returned", [name, submission], now, _returned(assignment, due, zone))
    stage = _stage(due, now, zone)
    if stage is None:
        return
    kind, step = stage
    said = _due(assignment, due, now, zone) if kind == "due" else _overdue(assignment, due, zone)
    yield plan(doer, kind, [name, due.isoformat(), str(step)], now, said)


def to_self_scorer(
    uid: str, period: Period, until: datetime, now: datetime, zone: ZoneInfo
) -> Iterator[Planned]:
    """Whoever has not scored themselves yet, while they may."""
    stage = _stage(until, now, zone)
    if stage is not None and stage[0] == "due":
        subject = ["self-score", period.id, until.isoformat(), str(stage[1])]
        yield plan(uid, "due", subject, now, _self_score(period, until, zone))


def to_rated(uid: str, period: Period, now: datetime, until: datetime | None) -> Planned:
    """The results are there, provisional or final."""
    return plan(uid, "result", [period.id, period.state], now, _result(period, until))


def to_head(
    uid: str,
    place: tuple[str, str],
    digest: Digest,
    names: Mapping[str, str],
    now: datetime,
    zone: ZoneInfo,
) -> Iterator[Planned]:
    """Once a day for each unit and period, if there is anything to say."""
    said = _digest(digest, names, now)
    if said is not None:
        today = now.astimezone(zone).date().isoformat()
        yield plan(uid, "digest", [*place, today], now, said)


def to_next_in_line(uid: str, one: Waiting, step: int, name: str, now: datetime) -> Planned:
    subject = [one.assignment, one.submission, str(step)]
    return plan(uid, "escalated", subject, now, _escalated(one, name, now))


def in_line(chain: Iterable[Sequence[str]], overdue: timedelta, patience: timedelta) -> int | None:
    """Whose turn it is in a chain of those who may act: one further after each `patience`.

    Levels with nobody are passed over; the last stays responsible. None while whoever
    was asked first still has time, or when nobody is left to ask.
    """
    levels = [place for place, level in enumerate(chain) if level]
    turns = overdue // patience
    if turns < 1 or not levels:
        return None
    return levels[min(turns, len(levels)) - 1]


def _stage(due: datetime, now: datetime, zone: ZoneInfo) -> tuple[str, int] | None:
    """`due` with the threshold reached, or `overdue` with the times it was told before."""
    if now > due:
        return "overdue", (now - due).days // AGAIN
    left = (due.astimezone(zone).date() - now.astimezone(zone).date()).days
    reached = [days for days in BEFORE if left <= days]
    return ("due", reached[0]) if reached else None


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M %d/%m/%Y")


def _due(
    assignment: Assignment, due: datetime, now: datetime, zone: ZoneInfo
) -> tuple[Title, Words]:
    left = (due.astimezone(zone).date() - now.astimezone(zone).date()).days
    when = ("hôm nay", "today") if left == 0 else (f"còn {left} ngày", f"in {left} days")
    until, title = _clock(due, zone), assignment.title
    return Title(vi=f"Sắp đến hạn: {when[0]}", en=f"Due {when[1]}"), Words(
        vi=f"“{title}” đến hạn lúc {until}. Hãy nộp sản phẩm; nếu vướng, báo ngay thủ trưởng.",
        en=f"“{title}” is due at {until}. Deliver it; if something is in the way, tell your head.",
    )


def _overdue(assignment: Assignment, due: datetime, zone: ZoneInfo) -> tuple[Title, Words]:
    until, title = _clock(due, zone), assignment.title
    return Title(vi="Đã quá hạn", en="Overdue"), Words(
        vi=f"“{title}” quá hạn từ {until}. Hãy nộp sớm nhất có thể; "
        "nếu do khách quan, gửi đề nghị miễn trừ kèm minh chứng.",
        en=f"“{title}” was due at {until}. Deliver it as soon as you can; "
        "for an objective cause, ask for exemption with evidence.",
    )


def _returned(assignment: Assignment, due: datetime, zone: ZoneInfo) -> tuple[Title, Words]:
    until, title = _clock(due, zone), assignment.title
    return Title(vi="Sản phẩm bị trả lại", en="Product returned"), Words(
        vi=f"“{title}” bị trả lại. Xem lý do trong công việc, sửa và nộp lại; hạn {until}.",
        en=f"“{title}” came back. Read why in the work, mend it and deliver again; due {until}.",
    )


def _self_score(period: Period, until: datetime, zone: ZoneInfo) -> tuple[Title, Words]:
    when = _clock(until, zone)
    return Title(vi="Chưa tự chấm điểm", en="Self-score missing"), Words(
        vi=f"Hãy tự chấm tiêu chí chung {period_name(period.id)} trước {when}.",
        en=f"Score yourself on the general criteria of {period.id} before {when}.",
    )


def _result(period: Period, until: datetime | None) -> tuple[Title, Words]:
    name = period_name(period.id)
    if period.state == "final":
        return Title(vi="Kết quả chính thức", en="Final result"), Words(
            vi=f"Kết quả {name} đã chính thức. Xem mọi con số trong kết quả của bạn.",
            en=f"The results of {period.id} are final. See every number in your result.",
        )
    zone = ZoneInfo(period.time_zone)
    by = (
        ("", "")
        if until is None
        else (f" trước {_clock(until, zone)}", f" by {_clock(until, zone)}")
    )
    return Title(vi="Đã có kết quả tạm tính", en="Provisional result"), Words(
        vi=f"Kết quả {name} đã có. Hãy xem từng con số; nếu chưa đúng, gửi kiến nghị{by[0]}.",
        en=f"The results of {period.id} are here. Look at each number; "
        f"if one is wrong, file a petition{by[1]}.",
    )


def _escalated(one: Waiting, name: str, now: datetime) -> tuple[Title, Words]:
    days = (now - one.since).days
    return Title(vi="Việc chờ nghiệm thu quá lâu", en="Acceptance is overdue"), Words(
        vi=f"“{one.title}” của {name} chờ nghiệm thu {days} ngày. "
        "Hãy nghiệm thu hoặc trả lại thay người được giao.",
        en=f"“{one.title}” of {name} has awaited acceptance for {days} days. "
        "Accept or return it in place of the approver.",
    )


def to_scorer_in_place(
    uid: str,
    place: tuple[str, str],
    missing: Sequence[str],
    since: datetime,
    now: datetime,
    until: tuple[datetime, ZoneInfo],
) -> Planned:
    """The head has not scored these, and the next in line may; once for each of them in turn."""
    lock = _clock(*until)
    title = Title(vi="Chấm điểm thay thủ trưởng", en="Score in the head's place")
    body = Words(
        vi=f"Thủ trưởng chưa chấm: {_listed(missing)}. Bạn có thể chấm thay, trước {lock}.",
        en=f"The head has not scored: {_listed(missing, en=True)}. You may, before {lock}.",
    )
    return plan(uid, "escalated", ["score", *place, since.isoformat()], now, (title, body))


def to_administrator(uid: str, official: str, name: str, fault: Fault, now: datetime) -> Planned:
    """A transfer that was entered ahead could not take effect; again when the reason is another."""
    title = Title(vi="Quyết định chuyển chưa thực hiện được", en="A transfer did not take effect")
    body = Words(
        vi=f"Việc chuyển {name} đã đến ngày nhưng {fault.reason_vi}. "
        "Hãy hủy quyết định cũ và ghi lại.",
        en=f"The transfer of {name} fell due, but: {fault.reason}. Call it off and enter it again.",
    )
    return plan(uid, "escalated", ["transfer", official, fault.reason], now, (title, body))


def _digest(digest: Digest, names: Mapping[str, str], now: datetime) -> tuple[Title, Words] | None:
    vi, en = [], []
    if digest.behind:
        counted = [f"{names.get(uid, uid)} ({n})" for uid, n in digest.behind.items()]
        vi.append(f"Chậm: {_listed(counted)}. Hãy nhắc hoặc điều chỉnh.")
        en.append(f"Behind: {_listed(counted, en=True)}. Remind or adjust.")
    if digest.waiting:
        longest = (now - min(one.since for one in digest.waiting)).days
        count = len(digest.waiting)
        vi.append(f"Chờ nghiệm thu: {count} sản phẩm, lâu nhất {longest} ngày.")
        en.append(f"Awaiting acceptance: {count}, the oldest for {longest} days.")
    if digest.unscored:
        people = [names.get(uid, uid) for uid in digest.unscored]
        vi.append(f"Chờ chấm điểm: {_listed(people)}.")
        en.append(f"Awaiting your score: {_listed(people, en=True)}.")
    if not vi:
        return None
    return Title(vi="Việc cần xử lý hôm nay", en="To do today"), Words(
        vi="\n".join(vi), en="\n".join(en)
    )


def _listed(people: Iterable[str], *, en: bool = False) -> str:
    ordered = sorted(people, key=name_key)
    more = len(ordered) - NAMED
    rest = [f"and {more} more" if en else f"và {more} người khác"] if more > 0 else []
    return ", ".join([*ordered[:NAMED], *rest])
