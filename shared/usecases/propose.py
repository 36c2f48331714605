"""Unplanned work that an official registered: accepted as an assignment, or declined."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared import refs
from shared.errors import refuse
from shared.models.assignment import Assignment
from shared.models.base import Id, Line, Part, PeriodId, Quantity, Reason, Time
from shared.models.entry import Accepted, EntryId, Submission
from shared.models.period import Period
from shared.models.proposal import Registered, Reply
from shared.ports import Services, Store, Transaction, Write, create
from shared.usecases.assign import (
    Assignments,
    Receiver,
    Serving,
    Terms,
    ToOfficials,
    Work,
    first_entry,
    make_assignment,
    new_assignment,
    read_product,
    read_receiver,
    require_room,
)
from shared.usecases.caller import Caller
from shared.usecases.keyed import Keyed
from shared.usecases.opened import no_period, read_open
from shared.usecases.recorded import Change, recorded
from shared.usecases.schemes import Schemes


class AcceptProposal(Part):
    """The head says what it is worth: the product with its K, how many, until when.

    After the end of its period, while that is open, what was registered in time counts in it as
    delivered then. `period` is another one to count it in, when the proposal's own has closed.
    """

    action: Literal["accept_proposal"]
    proposal: EntryId
    period: PeriodId | None = None
    product: Id
    title: Line | None = None
    quantity: Quantity = 1
    due: Time


class DeclineProposal(Part):
    """Also after the close: whoever registered work is owed an answer."""

    action: Literal["decline_proposal"]
    proposal: EntryId
    reason: Reason


Answering = Annotated[AcceptProposal | DeclineProposal, Field(discriminator="action")]


def answer_proposal(
    services: Services, schemes: Schemes, caller: Caller, key: str, request: Answering
) -> Assignments:
    """Answer once; the reply names the assignment that was made of it, if one was."""
    keyed = Keyed.of(caller.uid, key, request)
    now = services.clock.now()
    return keyed.once(
        services.store,
        Assignments,
        lambda transaction: _answer(
            services.store, schemes, transaction, caller, keyed, request, now
        ),
    )


def _answer(
    store: Store,
    schemes: Schemes,
    transaction: Transaction,
    caller: Caller,
    keyed: Keyed,
    request: Answering,
    now: datetime,
) -> Assignments:
    proposal = _read_pending(transaction, request.proposal)
    period = _period_of(transaction, request, proposal)
    receiver = read_receiver(
        transaction, caller, Serving.within(period), proposal.official, "proposal"
    )
    done = isinstance(request, AcceptProposal) and _was_done(request, proposal, period, now)
    since = proposal.at if done else None
    terms = Terms(period, schemes.get(period.scheme), caller, now, since)
    made: dict[str, Assignment] = {}
    if isinstance(request, AcceptProposal):
        require_room(store, period, {proposal.official: 1}, {proposal.official: "proposal"})
        made = _accepted(transaction, terms, keyed, request, proposal, receiver)
    reason = request.reason if isinstance(request, DeclineProposal) else None
    reply = Reply(by=caller.uid, at=now, assignment=next(iter(made), None), reason=reason)
    ref = refs.proposals(request.proposal)
    answered = Change(ref, proposal, proposal.model_copy(update={"reply": reply}))
    assignments = Assignments(assignments=list(made))
    record = recorded(
        keyed,
        now,
        [answered, *(new_assignment(name, one) for name, one in made.items())],
        action=request.action,
        target=ref.path,
        reason=reason,
        reply=assignments,
    )
    entries = [first_entry(name, one) for name, one in made.items()]
    if done:
        entries += [one for name in made for one in _delivered(name, keyed, proposal, made[name])]
    transaction.write([*record, *entries])
    return assignments


def _was_done(request: AcceptProposal, proposal: Registered, period: Period, now: datetime) -> bool:
    """Whether it counts as delivered when it was registered: its period has ended since."""
    if now < period.end:
        return False
    if period.id == proposal.period and proposal.at < period.end:
        _require_registered(request, proposal)
        return True
    raise refuse(
        "closed",
        "proposal" if request.period is None else "period",
        f"{period.id} ended before this was registered: name in `period` the next one, in which "
        "it counts",
        f"kỳ {period.id} đã kết thúc trước khi việc được đăng ký; hãy chọn kỳ sau để tính",
    )


def _require_registered(request: AcceptProposal, proposal: Registered) -> None:
    if request.quantity > proposal.quantity:
        raise refuse(
            "invalid",
            "quantity",
            f"only {proposal.quantity} were registered before the period ended",
            f"chỉ có {proposal.quantity} được đăng ký trước khi kết thúc kỳ",
        )


def _delivered(name: str, keyed: Keyed, proposal: Registered, made: Assignment) -> list[Write]:
    """What its doer registered is the delivery, and the head's answer its acceptance."""
    if "submission" in made.evidence_for:
        raise refuse(
            "conflict",
            "product",
            "it counts only with evidence, which a proposal has none of: accept it into the next "
            "period",
            "sản phẩm này chỉ được tính khi có minh chứng; hãy chấp nhận vào kỳ sau",
        )
    submission = keyed.suffix("delivery")
    told = {
        submission: Submission(by=made.official, at=proposal.at, quantity=made.quantity),
        keyed.suffix("acceptance"): Accepted(
            by=made.assigned_by, at=made.assigned_at, submission=submission
        ),
    }
    return [create(refs.entries(name)(entry_id), entry) for entry_id, entry in told.items()]


def _period_of(transaction: Transaction, request: Answering, proposal: Registered) -> Period:
    if isinstance(request, AcceptProposal):
        if request.period is not None:
            return read_open(transaction, request.period, "period")
        return _read_own(transaction, proposal)
    period: Period | None = transaction.get(refs.periods(proposal.period))
    if period is None:
        raise no_period(proposal.period, "proposal")
    return period


def _read_own(transaction: Transaction, proposal: Registered) -> Period:
    period: Period | None = transaction.get(refs.periods(proposal.period))
    if period is not None and period.state != "open":
        raise refuse(
            "closed",
            "proposal",
            f"{period.id} is {period.state}: name in `period` the next one, in which it counts",
            f"kỳ {period.id} đã khóa; hãy chọn kỳ sau để tính",
        )
    return read_open(transaction, proposal.period, "proposal")


def _read_pending(transaction: Transaction, name: str) -> Registered:
    proposal: Registered | None = transaction.get(refs.proposals(name))
    if proposal is None:
        raise refuse(
            "missing", "proposal", "there is no such proposal", "không tìm thấy việc đăng ký này"
        )
    if proposal.reply is not None:
        raise refuse(
            "conflict",
            "proposal",
            f"{proposal.reply.by} has answered it",
            f"{proposal.reply.by} đã trả lời",
        )
    return proposal


def _accepted(
    transaction: Transaction,
    terms: Terms,
    keyed: Keyed,
    request: AcceptProposal,
    proposal: Registered,
    receiver: Receiver,
) -> dict[str, Assignment]:
    """The assignment, by its id."""
    product = read_product(transaction, request.product, "product")
    work = Work(
        to=ToOfficials(officials=[proposal.official]),
        product=request.product,
        title=request.title or proposal.title,
        quantity=request.quantity,
        due=request.due,
    )
    assignment = make_assignment(terms, receiver, product, work, "")
    new_id = refs.assignment_id(
        terms.period.id, assignment.unit, assignment.official, keyed.suffix("proposal")
    )
    return {new_id: assignment.model_copy(update={"proposal": request.proposal})}
