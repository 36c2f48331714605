"""Petitions: routed to who may answer them, answered, and what is upheld is put right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import refs
from shared.errors import refuse
from shared.models.appeal import Answer, Appeal, Receipt
from shared.models.base import Part, Reason
from shared.models.correction import Correction, Number
from shared.models.entry import EntryId
from shared.models.notice import Notice
from shared.models.official import Official
from shared.models.period import Period
from shared.models.result import Result
from shared.models.scheme import Title, Words
from shared.models.unit import Unit
from shared.ports import Services, Transaction, Where, Write, put
from shared.refs import Ref
from shared.scoring.digest import UNSEALED
from shared.scoring.record import sealed_notice
from shared.usecases.caller import Caller, fills_place_of, is_competent, require
from shared.usecases.claims import official_of
from shared.usecases.correct import (
    Accept,
    Contested,
    Item,
    Items,
    Remeasure,
    Rescore,
    Restate,
    Ruling,
    Waive,
    correction,
    named,
    read_contested,
    version_of,
)
from shared.usecases.keyed import Keyed
from shared.usecases.parties import parties
from shared.usecases.recorded import Change, by_platform, recorded
from shared.usecases.reviewed import read_reviewed
from shared.usecases.schemes import Schemes
from shared.vietnamese import day

MOST = 20
"""People asked to answer one petition."""
MOMENT = timedelta(microseconds=1)


class AppealRequest(Part):
    """The answer to a petition; one that is upheld names exactly what it corrects."""

    appeal: EntryId
    upheld: bool
    reason: Reason
    corrects: Items = []


class Answered(Part):
    appeal: EntryId
    upheld: bool
    late: bool
    version: Number | None = None


class Routed(Part):
    """The petition that was routed."""

    appeal: EntryId


@dataclass(frozen=True)
class Authority:
    """Somebody who decides for a unit and below."""

    uid: str
    unit: str


def route_appeal(services: Services, appeal_id: str) -> None:
    """Record receipt, and ask the nearest authority who has no part in the result.

    Without one the organisers are told, so that no petition lies unseen.
    """
    store, now = services.store, services.clock.now()
    if store.get(refs.appeals(appeal_id)) is None:
        return
    authorities = _holding(services, "authority")
    organisers = [uid for uid, _ in _holding(services, "organiser")]

    def work(transaction: Transaction) -> None:
        appeal = transaction.get(refs.appeals(appeal_id))
        if appeal is None or appeal.receipt is not None:
            return
        period = read_reviewed(transaction, appeal.period)
        partial = parties(transaction, period.id, appeal.official, _named_by(appeal))
        unit = _unit(transaction, appeal)
        free = [
            Authority(uid, one.unit)
            for uid, one in authorities
            if not (uid in partial or fills_place_of(Caller(uid, now, one), unit, appeal.official))
        ]
        receipt = Receipt(
            at=now,
            to=nearest(free, [] if unit is None else unit.path)[:MOST],
            answer_by=_answer_until(transaction, appeal, period),
        )
        told = receipt.to or [uid for uid in organisers if uid != appeal.official]
        asked = _asked(appeal, receipt, period.time_zone)
        notices = [put(refs.inbox(uid)(f"appeal.{appeal_id}"), asked) for uid in told]
        received = appeal.model_copy(update={"receipt": receipt})
        record = recorded(
            by_platform(Routed(appeal=appeal_id), "route", appeal_id),
            now,
            [Change(refs.appeals(appeal_id), appeal, received)],
            action="route appeal",
            target=refs.appeals(appeal_id).path,
        )
        transaction.write([*record, *notices])

    store.transact(work)


def _answer_until(transaction: Transaction, appeal: Appeal, period: Period) -> datetime | None:
    """A later version has windows of its own."""
    if appeal.version is None:
        return period.answer_until
    ref = refs.correction(period.id, appeal.official, appeal.version)
    contested: Correction | None = transaction.get(ref)
    return None if contested is None else contested.answer_until


def _unit(transaction: Transaction, appeal: Appeal) -> Unit | None:
    """Of the unit that the result is of, or where the person serves now if there is none."""
    result: Result | None = transaction.get(refs.official_results(appeal.period)(appeal.official))
    official: Official | None = transaction.get(refs.officials(appeal.official))
    name = result.unit if result else official.unit if official else None
    return None if name is None else transaction.get(refs.units(name))


def nearest(authorities: Iterable[Authority], path: Sequence[str]) -> list[str]:
    """All at the lowest level that has any, from the person's own unit upwards."""
    by_unit: dict[str, list[str]] = {}
    for one in authorities:
        by_unit.setdefault(one.unit, []).append(one.uid)
    return next((sorted(by_unit[unit]) for unit in reversed(path) if unit in by_unit), [])


def answer_appeal(
    services: Services, schemes: Schemes, caller: Caller, key: str, request: AppealRequest
) -> Answered:
    """Answer once; what is upheld becomes the next version of the result, all or nothing."""
    require(caller, "authority")
    _require_nothing_corrected(request)
    keyed = Keyed.of(caller.uid, key, request)
    ruling = Ruling(keyed, services.clock.now(), request.reason, request.appeal)

    def work(transaction: Transaction) -> Answered:
        appeal = _read_unanswered(transaction, request.appeal)
        if not request.upheld and _has_no_result(transaction, appeal):
            return _answer(transaction, None, ruling, request, appeal)
        contested = read_contested(transaction, schemes, appeal.period, appeal.official)
        _require_asked(caller, appeal, contested)
        _require_named(request, contested)
        _require_only_named(appeal, request.corrects, contested)
        reopened = {*named(request.corrects), *_named_by(appeal)}
        _require_impartial(transaction, caller, contested, sorted(reopened))
        return _answer(transaction, contested, ruling, request, appeal)

    return keyed.once(services.store, Answered, work)


def _has_no_result(transaction: Transaction, appeal: Appeal) -> bool:
    """The rules ask for one; where it is gone any authority may decline, or nothing gets final."""
    return transaction.get(refs.official_results(appeal.period)(appeal.official)) is None


def _answer(
    transaction: Transaction,
    contested: Contested | None,
    ruling: Ruling,
    request: AppealRequest,
    appeal: Appeal,
) -> Answered:
    made: Correction | None = None
    writes: list[Write] = []
    if request.corrects and contested is not None:
        made, writes = correction(transaction, contested, ruling, request.corrects)
    answer = Answer(
        by=ruling.keyed.by,
        at=ruling.now,
        upheld=request.upheld,
        reason=request.reason,
        late=_is_late(appeal, ruling.now),
        version=made.version if made else None,
    )
    ref: Ref[Appeal] = refs.appeals(request.appeal)
    inbox = refs.inbox(appeal.official)(f"answer.{request.appeal}")
    answered = Change(ref, appeal, appeal.model_copy(update={"answer": answer}))
    reply = Answered(
        appeal=request.appeal, upheld=answer.upheld, late=answer.late, version=answer.version
    )
    record = recorded(
        ruling.keyed,
        ruling.now,
        [answered, *([version_of(made)] if made else [])],
        action="answer appeal",
        target=ref.path,
        reason=request.reason,
        reply=reply,
    )
    transaction.write([*writes, *record, put(inbox, _told(appeal, answer))])
    return reply


def _require_impartial(
    transaction: Transaction, caller: Caller, contested: Contested, assignments: list[str]
) -> None:
    """Nobody answers a petition about what they have a part in."""
    if caller.uid in parties(
        transaction, contested.period.id, contested.card.official, assignments
    ):
        raise refuse(
            "forbidden",
            "Authorization",
            "you have a part in this result: you are its person, scored it, judged the work, "
            "or decided the rating",
            "bạn có liên quan đến kết quả này: là người được đánh giá, đã chấm điểm, đã nghiệm thu "
            "hoặc đã quyết định xếp loại",
        )


def _is_late(appeal: Appeal, now: datetime) -> bool:
    due = appeal.receipt.answer_by if appeal.receipt else None
    return due is not None and now > due


def _require_named(request: AppealRequest, contested: Contested) -> None:
    """What is upheld of a roll-up is put right in its parts, and the roll-up follows."""
    if request.upheld and not request.corrects and not contested.period.parts:
        raise refuse(
            "invalid",
            "corrects",
            "a petition that is upheld names what is put right",
            "chấp nhận kiến nghị thì phải nêu rõ nội dung được sửa",
        )


def _require_only_named(appeal: Appeal, items: Sequence[Item], contested: Contested) -> None:
    """A petition that names work or a criterion reopens that; all else takes a correction."""
    own = _named_by(appeal)
    if not own and appeal.criterion is None:
        return
    named_things = ", ".join([*own, *([] if appeal.criterion is None else [appeal.criterion])])
    for number, item in enumerate(items):
        if not _is_named(appeal, own, item, contested):
            field = "assignment" if isinstance(item, Waive | Accept) else item.kind
            raise refuse(
                "conflict",
                f"corrects.{number}.{field}",
                f"is nothing that the petition names ({named_things}); put it right by a "
                "correction of its own, with its reason",
                f"không thuộc nội dung kiến nghị ({named_things}); hãy đính chính riêng và nêu lý "
                "do",
            )


def _is_named(appeal: Appeal, own: Sequence[str], item: Item, contested: Contested) -> bool:
    """Scores that nobody has given come with the criterion, because they count together."""
    match item:
        case Waive() | Accept():
            return item.assignment in own
        case Rescore():
            named_one = appeal.criterion is not None
            return item.criterion == appeal.criterion or (
                named_one and not contested.is_scored(item.criterion, item.unit)
            )
        case Restate():
            return item.statement == appeal.criterion
        case Remeasure():
            return item.indicator == appeal.criterion


def _require_nothing_corrected(request: AppealRequest) -> None:
    if request.corrects and not request.upheld:
        raise refuse(
            "invalid",
            "corrects",
            "a petition that is declined corrects nothing",
            "không chấp nhận kiến nghị thì không sửa gì",
        )


def _read_unanswered(transaction: Transaction, appeal_id: str) -> Appeal:
    appeal: Appeal | None = transaction.get(refs.appeals(appeal_id))
    if appeal is None:
        raise refuse("missing", "appeal", "there is no such petition", "không có kiến nghị này")
    if appeal.answer is not None:
        raise refuse("conflict", "appeal", "is answered already", "kiến nghị đã được trả lời")
    return appeal


def _require_asked(caller: Caller, appeal: Appeal, contested: Contested) -> None:
    """Whoever was asked, or is competent as things are now."""
    asked = appeal.receipt is not None and caller.uid in appeal.receipt.to
    partial = fills_place_of(caller, contested.unit, appeal.official)
    if partial or not (asked or is_competent(caller, contested.unit, appeal.official)):
        raise refuse(
            "forbidden",
            "appeal",
            "was not put to you, and you are not the competent authority of this unit",
            "kiến nghị không được chuyển đến bạn và bạn không phải cấp có thẩm quyền",
        )


def _named_by(appeal: Appeal) -> list[str]:
    """The work that the petition is about, if it is the petitioner's own."""
    name = appeal.assignment
    return [name] if name is not None and official_of(name) == appeal.official else []


def _holding(services: Services, role: str) -> list[tuple[str, Official]]:
    found = services.store.find(refs.officials, where=Where("roles", "array_contains", role))
    return [(one.ref.id, one.value) for one in found]


def _asked(appeal: Appeal, receipt: Receipt, time_zone: str) -> Notice:
    vi = f"{appeal.official} kiến nghị về kết quả kỳ {appeal.period}."
    en = f"{appeal.official} contests the result of {appeal.period}."
    if receipt.answer_by is not None:
        # The moment itself is past: the window's last day is the one before it.
        until = day(receipt.answer_by - MOMENT, time_zone)
        vi, en = f"{vi} Hạn trả lời: {until}.", f"{en} To be answered by {until}."
    if not receipt.to:
        vi += " Chưa có cấp có thẩm quyền nào không liên quan: hãy giao người trả lời."
        en += " No authority is free to answer: somebody has to be given that role."
    notice = Notice(
        kind="appeal",
        title=Title(vi="Kiến nghị cần trả lời", en="A petition to answer"),
        body=Words(vi=f"{vi}\n\n{_short(appeal.reason)}", en=f"{en}\n\n{_short(appeal.reason)}"),
        at=receipt.at,
        digest=UNSEALED,
    )
    return sealed_notice(notice)


def _told(appeal: Appeal, answer: Answer) -> Notice:
    vi = "được chấp nhận" if answer.upheld else "không được chấp nhận"
    en = "upheld" if answer.upheld else "declined"
    reason = _short(answer.reason)
    notice = Notice(
        kind="appeal",
        title=Title(vi="Kiến nghị đã được trả lời", en="Your petition was answered"),
        body=Words(
            vi=f"Kiến nghị về kỳ {appeal.period} {vi}.\n\n{reason}",
            en=f"The petition about {appeal.period} was {en}.\n\n{reason}",
        ),
        at=answer.at,
        digest=UNSEALED,
    )
    return sealed_notice(notice)


def _short(text: str) -> str:
    """What a notice has room for; the whole stands in the petition."""
    return text[:1_000]
