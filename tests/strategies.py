"""Hypothesis strategies: few ids and few moments, so that references meet and times tie."""

from hypothesis import strategies as st

from shared.models.assignment import Assignment
from shared.models.entry import Entry, Returned
from tests.builders import (
    CRITERIA,
    DAY,
    DUE,
    END,
    START,
    TICK,
    History,
    a_cancellation,
    a_carry_over,
    a_corrected_return,
    a_moved_deadline,
    a_reassignment,
    a_retraction,
    a_return,
    a_submission,
    an_acceptance,
    an_assignment,
    an_exemption,
    an_exemption_request,
    assigned,
    some_progress,
)

entry_ids = st.sampled_from([f"e{number}" for number in range(8)])
"""Of entries and of the submissions and requests that entries name."""

fresh_ids = st.sampled_from(["a0", "z9"])
"""Of one more entry, which wins or loses every tie."""

moments = st.sampled_from(
    [START, DUE - DAY, DUE - TICK, DUE, DUE + TICK, DUE + DAY, END - TICK, END, END + TICK]
)
"""On, just before and just after each border."""

quantities = st.integers(1, 4) | st.integers(1, 1000)
waived = st.integers(0, 3) | st.integers(0, 10**6)

submissions = st.builds(a_submission, at=moments, quantity=quantities)
acceptances = st.builds(an_acceptance, at=moments, submission=entry_ids, beyond=st.booleans())
returns = st.builds(a_return, at=moments, submission=st.none() | entry_ids, faults=quantities)
withdrawals: st.SearchStrategy[Entry] = st.builds(
    a_cancellation, at=moments, quantity=quantities
) | st.builds(a_reassignment, at=moments, quantity=quantities)
exemptions = st.builds(
    an_exemption, at=moments, request=entry_ids, lates_waived=waived, faults_waived=waived
)
entries: st.SearchStrategy[Entry] = st.one_of(
    st.builds(assigned, at=moments),
    st.builds(some_progress, at=moments, percent=st.none() | st.integers(0, 100)),
    submissions,
    acceptances,
    acceptances,
    returns,
    st.builds(a_retraction, at=moments, submission=entry_ids),
    st.builds(a_moved_deadline, at=moments, due=moments),
    st.builds(a_moved_deadline, at=moments, due=moments),
    st.builds(a_corrected_return, at=moments, returned=entry_ids, faults=st.integers(0, 4)),
    st.builds(a_carry_over, at=moments, quantity=quantities),
    withdrawals,
    st.builds(an_exemption_request, at=moments),
    exemptions,
)
deliveries: st.SearchStrategy[History] = st.builds(
    lambda sent, at: {"e0": sent, "e1": an_acceptance(submission="e0", at=at)}, submissions, moments
)
histories: st.SearchStrategy[History] = st.dictionaries(entry_ids, entries, max_size=8) | st.builds(
    lambda facts, accepted: {**facts, **accepted},
    st.dictionaries(entry_ids, entries, max_size=6),
    deliveries,
)
"""Any facts at all, or facts around a delivery that was accepted."""

assignments: st.SearchStrategy[Assignment] = st.builds(
    an_assignment, k=st.integers(1, 5000) | st.integers(1, 10**6), quantity=quantities
)
workloads = st.lists(st.tuples(assignments, histories), max_size=3)
"""One person's assignments, each with its entries."""

generals = st.none() | st.dictionaries(
    st.sampled_from([*CRITERIA, "charm"]), st.integers(0, 1000) | st.integers(0, 10_000)
)


def without_returns_of(submission: str, history: History) -> History:
    return {
        key: entry
        for key, entry in history.items()
        if not (isinstance(entry, Returned) and entry.submission == submission)
    }
