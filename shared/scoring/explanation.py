"""Why a score is what it is, in words and numbers, Vietnamese and English."""

from collections.abc import Iterator
from fractions import Fraction

from shared.models.scheme import POSITIONAL, NoFact, Scheme, Source, Task
from shared.models.scorecard import Contribution, Override, Scorecard, UnitScore
from shared.scoring.evaluation import (
    WHOLE,
    Evaluated,
    criteria_faults,
    forms,
    lacks_reason,
    portions,
    unknown_criteria,
    walk,
    weighed,
)
from shared.scoring.gates import SCORE, by_score
from shared.scoring.rounding import decimals, hundredths
from shared.scoring.scorecard import Reading, read, read_unit
from shared.scoring.telling import (
    Line,
    band_title,
    tell_asked,
    tell_fact,
    tell_gate,
    tell_history,
    tell_in_place,
    tell_k,
    tell_node,
    tell_source,
)


def explain(card: Scorecard, scheme: Scheme) -> list[Line]:
    """The steps from the facts to the rating, each with the numbers it used and its source."""
    reading = read(card, scheme)
    title = scheme.title
    lines = [Line(f"Quy chế {scheme.ref}: {title.vi}", f"Scheme {scheme.ref}: {title.en}")]
    lines += [_work(name, row, reading) for name, row in card.contributions.items()]
    lines += [tell_source(one).within(2) for one in _sources_of_work(card, scheme)]
    lines += _absences(card, scheme)
    if not reading.on_leave:
        lines += _tree(reading.root, WHOLE, 0, reading, scheme)
        lines += _unread_scores(card, scheme)
        lines += _unexplained(card, scheme)
        lines += _differences(card, scheme)
        lines += [line for line in map(tell_in_place, card.assessments.items()) if line]
        for checked in reading.gates:
            lines += [tell_gate(checked, scheme), tell_source(checked.gate.source).within(1)]
        lines += _idle_facts(reading, scheme)
    return [*lines, *_rating(card, scheme)]


def explain_unit(found: UnitScore, scheme: Scheme) -> list[Line]:
    """Why a unit's own result is what it is."""
    reading, work = read_unit(found, scheme), found.work
    title = scheme.title
    return [
        Line(f"Quy chế {scheme.ref}: {title.vi}", f"Scheme {scheme.ref}: {title.en}"),
        Line(
            f"Việc của cả đơn vị: giao {work.assigned}, xong {work.done}, lỗi {work.fails}, "
            f"chậm {work.lates}",
            f"The work of the whole unit: assigned {work.assigned}, done {work.done}, "
            f"failed checks {work.fails}, late {work.lates}",
        ),
        *_tree(reading.root, WHOLE, 0, reading, scheme),
        *(tell_gate(checked, scheme) for checked in reading.gates),
        *_rating(found, scheme),
    ]


def added(row: Contribution, reading: Reading) -> int:
    """What one assignment adds to the total, in hundredths of a point."""
    whole = reading.evidence.work.assigned_weight
    if whole == 0:
        return 0
    measured = [
        Fraction(weighed(row, node.component.measure), whole) * most
        for node, most in walk(reading.root)
        if isinstance(node.component, Task)
    ]
    return hundredths(sum(measured, Fraction(0)))


def _work(name: str, row: Contribution, reading: Reading) -> Line:
    suffix = name.rsplit("_", 1)[1]
    k, as_given, row = tell_k(row.k), row, reading.counted.get(name, row)
    whole = Fraction(row.assigned_weight, reading.evidence.work.assigned_weight or 1)
    weight, points = decimals(hundredths(WHOLE * whole)), decimals(added(row, reading))
    more = tell_history(row)
    if name not in reading.counted:
        return Line(
            f"  {suffix}: giao {row.quantity}, xong {row.done}, K = {k}: "
            f"nghỉ suốt kỳ nên không tính{more.vi}",
            f"  {suffix}: assigned {row.quantity}, done {row.done}, K = {k}: "
            f"not counted, on leave throughout its period{more.en}",
        )
    if row != as_given:
        fewer, later = as_given.quantity - row.quantity, as_given.lates
        more = Line(
            f"{more.vi}; đến hạn trong thời gian nghỉ: bỏ {fewer} chưa xong, {later} chậm",
            f"{more.en}; fell due on leave: {fewer} undone and {later} late left out",
        )
    return Line(
        f"  {suffix}: giao {row.quantity}, xong {row.done}, lỗi {row.fails}, chậm {row.lates}, "
        f"vượt yêu cầu {row.beyond}, K = {k}, chiếm {weight} % khối lượng, góp {points} điểm"
        f"{more.vi}",
        f"  {suffix}: assigned {row.quantity}, done {row.done}, failed checks {row.fails}, "
        f"late {row.lates}, beyond requirement {row.beyond}, K = {k}, {weight} % of the work, "
        f"adds {points} points{more.en}",
    )


def _sources_of_work(card: Scorecard, scheme: Scheme) -> Iterator[Source]:
    """Of the rules that made a difference to some piece of the work, or refused to."""
    rows = card.contributions.values()
    if scheme.exemptions and any(row.excused for row in rows):
        yield scheme.exemptions.source
    if scheme.deadlines and any(row.overdue_moves for row in rows):
        yield scheme.deadlines.source
    if scheme.carry_over and any(row.carried for row in rows):
        yield scheme.carry_over.source
    if scheme.leave and any(one.absences for one in card.assessments.values()):
        yield scheme.leave.source


def _tree(
    node: Evaluated, most: Fraction, depth: int, reading: Reading, scheme: Scheme
) -> Iterator[Line]:
    yield tell_node(node, most, reading.evidence, scheme).within(depth)
    if node.component.source is not None:
        yield tell_source(node.component.source).within(depth + 1)
    if isinstance(node.component, POSITIONAL):
        for told in reading.evidence.told:
            for position in told.assessment.positions:
                asked = tell_asked(node.component, position, told.assessment)
                yield from (line.within(depth + 1) for line in asked)
    for part, portion in zip(node.parts, portions(node), strict=True):
        yield from _tree(part, most * portion, depth + 1, reading, scheme)


def _absences(card: Scorecard, scheme: Scheme) -> Iterator[Line]:
    if scheme.leave is not None and scheme.leave.excuses_due_within:
        means = Line(
            "việc đến hạn khi đó không tính là thiếu hay chậm",
            "what fell due then is neither missing nor late",
        )
    else:
        means = Line("việc đến hạn khi đó vẫn tính", "what fell due then counts all the same")
    for assessment in card.assessments.values():
        for absence in assessment.absences:
            start, end = (one.isoformat(timespec="minutes") for one in (absence.start, absence.end))
            yield Line(
                f"Nghỉ từ {start} đến {end}: {means.vi}",
                f"On leave from {start} to {end}: {means.en}",
            )


def _unread_scores(card: Scorecard, scheme: Scheme) -> Iterator[Line]:
    """Scores that were given and do not count, with the criteria that are the reason."""
    root = scheme.root(card.capacity.subject)
    for stretch, assessment in card.assessments.items():
        if not assessment.criteria:
            continue
        faults = unknown_criteria(root, assessment)
        for form in forms(root, assessment):
            faults += criteria_faults(form, assessment.criteria)
        if faults:
            names = ", ".join(faults)
            yield Line(
                f"Điểm tiêu chí kỳ {stretch} có lỗi (thiếu, lạ hoặc ngoài thang): {names}",
                f"Scores of {stretch} do not count (missing, unknown or off the scale): {names}",
            )


def _unexplained(card: Scorecard, scheme: Scheme) -> Iterator[Line]:
    """Scores that would count if somebody had written why they are so high or so low."""
    justification, root = scheme.justification, scheme.root(card.capacity.subject)
    for stretch, assessment in card.assessments.items():
        for form in forms(root, assessment):
            if (
                justification is not None
                and not criteria_faults(form, assessment.criteria)
                and lacks_reason(form, assessment, justification)
            ):
                high, low = justification.at_least, justification.below
                yield Line(
                    f"Điểm {form.title.vi} kỳ {stretch} không tính: từ {high} % trở lên hoặc "
                    f"dưới {low} % phải giải trình bằng văn bản, chưa có",
                    f"{form.title.en} of {stretch} do not count: from {high} % or below {low} % "
                    "a written justification is needed, and is missing",
                )
                yield tell_source(justification.source).within(1)


def _differences(card: Scorecard, scheme: Scheme) -> Iterator[Line]:
    """The head's scores against the person's own, which never count."""
    root = scheme.root(card.capacity.subject)
    for stretch, assessment in card.assessments.items():
        for one in (one for form in forms(root, assessment) for one in form.criteria):
            own, head = assessment.own.get(one.id), assessment.criteria.get(one.id)
            if own is not None and head is not None:
                sign, gap = "-" if head < own else "+", decimals(abs(head - own))
                said = f"{decimals(own)} → {decimals(head)} ({sign}{gap})"
                yield Line(
                    f"{one.title.vi} kỳ {stretch}, tự chấm → thủ trưởng chấm: {said}",
                    f"{one.title.en} of {stretch}, by oneself → by the head: {said}",
                )


def _idle_facts(reading: Reading, scheme: Scheme) -> Iterator[Line]:
    conditions = [gate.condition for gate in scheme.gates]
    known = {kind for one in conditions if isinstance(one, NoFact) for kind in one.facts}
    idle: list[Override] = [one for one in reading.overrides if one.kind not in known]
    for fact in map(tell_fact, idle):
        yield Line(f"Quy chế không nói đến: {fact.vi}", f"The scheme does not speak of: {fact.en}")


def _rating(card: Scorecard | UnitScore, scheme: Scheme) -> Iterator[Line]:
    rounding = scheme.rounding
    if card.total is None or card.rating is None:
        yield UNRATED[card.standing]
        return
    total, by = decimals(card.total), by_score(card.total, scheme)
    least = decimals(next(one.at_least for one in scheme.ratings.bands if one.rating == by))
    scored, rated = band_title(by, scheme), band_title(card.rating, scheme)
    said = Line(f"Tổng = {total} ≥ {least}: {scored.vi}", f"Total = {total} ≥ {least}: {scored.en}")
    if card.gate == SCORE:
        yield Line(f"{said.vi} (quyết định bởi điểm)", f"{said.en} (decided by the score)")
    else:
        yield said
        yield Line(
            f"Xếp loại: {rated.vi} (quyết định bởi điều kiện {card.gate})",
            f"Rating: {rated.en} (decided by the gate {card.gate})",
        )
    yield Line(
        f"Làm tròn một lần, nửa lên, {rounding.places} chữ số thập phân, rồi mới so ngưỡng",
        f"Rounded once, half up, to {rounding.places} decimals; thresholds compared after it",
    ).within(1)
    yield tell_source(rounding.source).within(1)
    yield tell_source(scheme.ratings.source).within(1)


UNRATED = {
    "not_assessed": Line("Chưa xếp loại: chưa chấm", "Not rated: not assessed"),
    "insufficient_data": Line("Chưa xếp loại: chưa đủ dữ liệu", "Not rated: insufficient data"),
    "on_leave": Line("Chưa xếp loại: nghỉ suốt kỳ", "Not rated: on leave throughout"),
}
