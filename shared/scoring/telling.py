"""What each kind of component and each gate says of itself, Vietnamese and English."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.models.scheme import (
    Absence,
    AtLeast,
    AtMost,
    Confidence,
    Criteria,
    Indicator,
    Mean,
    Minimum,
    NoFact,
    NoPart,
    Pace,
    Penalties,
    PositionCriteria,
    PositionIndicators,
    Rating,
    Scheme,
    Source,
    Statement,
    Sum,
    Task,
    Title,
    UnitAtLeast,
)
from shared.models.scorecard import Assessment, Contribution, Override, Work
from shared.scoring.evaluation import (
    WHOLE,
    Evaluated,
    Evidence,
    criteria_faults,
    forms,
    lacks_reason,
    measured_by_position,
    weighed,
)
from shared.scoring.gates import Checked
from shared.scoring.rounding import decimals, hundredths


@dataclass(frozen=True)
class Line:
    vi: str
    en: str

    def within(self, depth: int) -> "Line":
        return Line("  " * depth + self.vi, "  " * depth + self.en)


CONFIDENCES: dict[Confidence, Line] = {
    "law": Line("luật", "law"),
    "guidance": Line("hướng dẫn", "guidance"),
    "local": Line("địa phương", "local"),
    "proposal": Line("đề xuất", "proposal"),
}
ABSENCES: dict[Absence, Line] = {
    "excluded": Line(
        "bỏ qua, các phần khác nhận trọng số", "left out, the others share its weight"
    ),
    "zero": Line("tính là 0", "counts as zero"),
    "not_assessed": Line("nên chưa chấm được", "so there is no score yet"),
    "insufficient_data": Line(
        "chưa đủ dữ liệu, không phải 0", "insufficient data, which is no zero"
    ),
}
PACES: dict[Pace, Line] = {
    "on_time": Line("đúng hạn", "on time"),
    "late": Line("chậm", "late"),
    "beyond": Line("vượt yêu cầu", "beyond requirement"),
}
WHOM = {
    "heads": Line("không phải thủ trưởng", "not a head"),
    "party_members": Line("không phải đảng viên", "not a party member"),
    "all": Line("", ""),
}


def tell_source(source: Source) -> Line:
    sure = CONFIDENCES[source.confidence]
    return Line(f"nguồn ({sure.vi}): {source.text.vi}", f"source ({sure.en}): {source.text.en}")


def tell_node(node: Evaluated, most: Fraction, evidence: Evidence, scheme: Scheme) -> Line:
    """One line: where the share comes from, and what it adds."""
    title, said = node.component.title, reasons(node, evidence, scheme.penalties)
    if not node.known:
        means = ABSENCES[node.component.absent if node.counts else "excluded"]
        return Line(f"{title.vi}: {said.vi}: {means.vi}", f"{title.en}: {said.en}: {means.en}")
    if node.share is None:
        return Line(f"{title.vi} = {said.vi}: chưa có", f"{title.en} = {said.en}: not yet")
    share = decimals(hundredths(node.share * 100))
    points = decimals(hundredths(node.share * most))
    sum_of = f"= {share} % × {decimals(hundredths(most))} = {points}"
    return Line(f"{title.vi} = {said.vi} {sum_of}", f"{title.en} = {said.en} {sum_of}")


def tell_gate(checked: Checked, scheme: Scheme) -> Line:
    title = checked.gate.title
    if not checked.applies:
        why = WHOM[checked.gate.applies_to]
        return Line(
            f"{title.vi}: không áp dụng ({why.vi})", f"{title.en}: does not apply ({why.en})"
        )
    found = tell_measured(checked)
    if checked.passed:
        return Line(f"{title.vi}: {found.vi}: đạt", f"{title.en}: {found.en}: passed")
    most = band_title(checked.gate.ceiling, scheme)
    return Line(
        f"{title.vi}: {found.vi}: cao nhất là {most.vi}",
        f"{title.en}: {found.en}: {most.en} at most",
    )


def band_title(rating: Rating, scheme: Scheme) -> Title:
    return next(band.title for band in scheme.ratings.bands if band.rating == rating)


PLACES = {
    "deputy": Line("cấp phó", "a deputy"),
    "above": Line("thủ trưởng cấp trên", "the head above"),
}


def tell_in_place(told: tuple[str, Assessment]) -> Line | None:
    """Who scored a stretch instead of the head, and why they might."""
    stretch, assessment = told
    one = assessment.in_place
    if one is None:
        return None
    place = PLACES[one.standing]
    since = None if one.since is None else one.since.isoformat(timespec="minutes")
    vi = "" if since is None else f": từ {since} khi thủ trưởng chưa chấm"
    en = "" if since is None else f": from {since} on, as the head had not scored"
    return Line(
        f"Điểm kỳ {stretch} do {one.by} ({place.vi}) chấm thay thủ trưởng{vi}",
        f"Scores of {stretch} were given by {one.by} ({place.en}) in the head's place{en}",
    )


def tell_fact(fact: Override) -> Line:
    since = fact.at.isoformat(timespec="minutes")
    return Line(
        f"{fact.kind} từ {since}, {fact.by}: {fact.reason}",
        f"{fact.kind} of {since}, {fact.by}: {fact.reason}",
    )


def tell_k(k: int) -> str:
    return f"{k // 1000}.{k % 1000:03d}"


def tell_history(row: Contribution) -> Line:
    """What else happened to a piece of work, behind its numbers."""
    told = list(_history(row))
    return Line("".join(f"; {one.vi}" for one in told), "".join(f"; {one.en}" for one in told))


def _history(row: Contribution) -> Iterator[Line]:
    if row.share is not None:
        part, whole, lead = row.share.percent, tell_k(row.share.k), row.share.lead
        yield Line(
            f"K là {part} % của K {whole}, chủ trì {lead}",
            f"K is {part} % of K {whole}, led by {lead}",
        )
    if row.continues is not None:
        yield Line(f"tiếp nối {row.continues}", f"continues {row.continues}")
    if row.carried is not None:
        yield Line(
            f"{row.carried} chuyển sang kỳ sau", f"{row.carried} carried over to a later period"
        )
    if row.overdue_moves is not None:
        yield Line(
            f"dời hạn khi đã quá hạn, {row.overdue_moves} lần",
            f"deadline moved after it fell due, {row.overdue_moves} ×",
        )
    if row.excused is not None:
        lates, fails = row.excused.lates, row.excused.fails
        yield Line(
            f"được miễn vì nguyên nhân khách quan: {lates} lần chậm, {fails} lỗi",
            f"waived for an objective cause: {lates} late, {fails} failed",
        )
        if left_out := row.excused.undelivered:
            yield Line(
                f"{left_out} đơn vị không giao được vì vậy, không tính là việc được giao",
                f"{left_out} not delivered for that cause, left out of what was assigned",
            )


def converted(weight: int) -> str:
    """Converted quantity: units × K, without the zeros that say nothing."""
    return f"{weight // 100_000}.{weight % 100_000:05d}".rstrip("0").rstrip(".")


def reasons(node: Evaluated, evidence: Evidence, penalties: Penalties | None) -> Line:
    """Where a component's share comes from."""
    told = [one.assessment for one in evidence.told]
    match node.component:
        case Task():
            return _task(node.component, evidence.work, penalties)
        case Criteria() | PositionCriteria():
            return _criteria(node.component, evidence)
        case PositionIndicators():
            return _position_indicators(node.component, evidence)
        case Indicator():
            return _indicator(node.component, told)
        case Statement():
            return _statement(node.component, told)
        case Sum() | Mean() | Minimum():
            return _formula(node.component, [one for one in node.parts if one.counts])


def _formula(component: Sum | Mean | Minimum, parts: Sequence[Evaluated]) -> Line:
    if not parts:
        return Line("không có phần nào", "no part is known")
    names = [part.component.id for part in parts]
    weights = [part.component.weight for part in parts]
    if isinstance(component, Minimum):
        return _same(f"min({', '.join(names)})")
    if len(set(weights)) == 1:
        return _same(f"({' + '.join(names)}) / {len(names)}")
    terms = (f"{weight}·{name}" for weight, name in zip(weights, names, strict=True))
    return _same(f"({' + '.join(terms)}) / {sum(weights)}")


def _same(text: str) -> Line:
    return Line(text, text)


def _task(component: Task, work: Work, penalties: Penalties | None) -> Line:
    if work.assigned_weight == 0:
        return Line("không có việc được giao", "no work was assigned")
    part = f"{converted(weighed(work, component.measure))}/{converted(work.assigned_weight)}"
    if penalties is None or component.measure == "quantity":
        return _same(part)
    if component.measure == "quality":
        return Line(
            f"(trừ {penalties.per_fail} % mỗi lỗi) {part}",
            f"(less {penalties.per_fail} % per failed check) {part}",
        )
    return Line(
        f"(trừ {penalties.per_late} % mỗi lần chậm) {part}",
        f"(less {penalties.per_late} % per lateness) {part}",
    )


def _criteria(component: Criteria | PositionCriteria, evidence: Evidence) -> Line:
    """The scores as given; those that do not count are named by the explanation."""
    asked = [(form, one) for one in evidence.told for form in forms(component, one.assessment)]
    if not asked and isinstance(component, PositionCriteria):
        return Line("vị trí không nêu tiêu chí", "the position names no criteria")
    given = [
        (form, one) for form, one in asked if not criteria_faults(form, one.assessment.criteria)
    ]
    scored = [
        (one.months, _form(form, one.assessment.criteria))
        for form, one in given
        if not lacks_reason(form, one.assessment, evidence.justification)
    ]
    if given and not scored:
        return Line("thiếu giải trình bằng văn bản", "the written justification is missing")
    if not scored:
        return Line("thủ trưởng chưa chấm đủ", "the head has not scored all of it")
    return _by_months(scored)


def _by_months(scored: Sequence[tuple[int, str]]) -> Line:
    """With its weight before each, where they are not all the same."""
    if len({months for months, _ in scored}) == 1:
        return _mean([said for _, said in scored])
    terms = "; ".join(f"{months} × {said}" for months, said in scored)
    return Line(f"bình quân theo số tháng {terms}", f"mean by months {terms}")


def _form(form: Criteria, scores: Mapping[str, int]) -> str:
    terms = (
        f"{one.weight}·{decimals(scores[one.id])}/{decimals(one.most)}" for one in form.criteria
    )
    return f"({' + '.join(terms)}) / {sum(one.weight for one in form.criteria)}"


def _mean(sums: Sequence[str]) -> Line:
    said = "; ".join(sums)
    return _same(said) if len(sums) == 1 else Line(f"bình quân {said}", f"mean of {said}")


def _position_indicators(component: PositionIndicators, evidence: Evidence) -> Line:
    """By stretch and position; each item has its own line below."""
    found = [one for _, one in measured_by_position(component, evidence)]
    if not found:
        return Line("vị trí không nêu chỉ số", "the position names no indicators")
    told = [
        _formula(one.component, parts)
        for one in found
        if isinstance(one.component, Mean) and (parts := [two for two in one.parts if two.counts])
    ]
    return _mean([one.vi for one in told]) if told else Line("chưa đo", "not measured")


def tell_asked(
    component: PositionCriteria | PositionIndicators, position: str, one: Assessment
) -> Iterator[Line]:
    """What a position held asks, item by item, and where it comes from."""
    asked = one.positions[position]
    criteria = isinstance(component, PositionCriteria)
    if not (asked.criteria if criteria else asked.indicators):
        return
    since = asked.since.isoformat(timespec="minutes")
    yield Line(f"Vị trí {position}, từ {since}:", f"Position {position}, since {since}:")
    if criteria:
        for item in asked.criteria:
            given = one.criteria.get(item.id)
            scored = None if given is None else decimals(given)
            vi, en = (scored or "chưa chấm", scored or "not scored")
            most = f"({item.weight} %, ≤ {decimals(item.most)})"
            yield Line(
                f"{item.id}: {item.title.vi} {most} = {vi}",
                f"{item.id}: {item.title.en} {most} = {en}",
            ).within(1)
    else:
        for indicator in asked.indicators:
            said = _indicator(indicator, [one])
            if indicator.id not in one.indicators:
                means = ABSENCES[indicator.absent]
                said = Line(f"{said.vi}: {means.vi}", f"{said.en}: {means.en}")
            yield Line(
                f"{indicator.id}: {indicator.title.vi} ({indicator.weight} %) = {said.vi}",
                f"{indicator.id}: {indicator.title.en} ({indicator.weight} %) = {said.en}",
            ).within(1)
    yield tell_source(asked.source).within(1)


def _indicator(component: Indicator, told: Iterable[Assessment]) -> Line:
    values = [one.indicators[component.id] for one in told if component.id in one.indicators]
    if not values:
        return Line("chưa đo", "not measured")
    places = component.decimals
    now, start, target = (
        _decimal(value, places) for value in (values[-1], component.start, component.target)
    )
    cap = f", ≤ {component.cap} %" if component.cap < WHOLE else ""
    return _same(f"({now} - {start}) / ({target} - {start}){cap}")


def _decimal(value: int, places: int) -> str:
    sign, whole = "-" if value < 0 else "", f"{abs(value):0{places + 1}d}"
    return f"{sign}{whole[:-places]}.{whole[-places:]}" if places else f"{sign}{whole}"


def _statement(component: Statement, told: Iterable[Assessment]) -> Line:
    options = [option for one in told if (option := one.statements.get(component.id))]
    if not options:
        return Line("chưa có ý kiến", "not stated")
    return _same(f"min({', '.join(options)})" if len(options) > 1 else options[0])


def tell_measured(checked: Checked) -> Line:
    """What the gate looked at, and what it asks for."""
    match checked.gate.condition:
        case AtLeast() | AtMost() as condition:
            return _paced(checked, condition)
        case UnitAtLeast() as condition:
            return _of_unit(checked, condition)
        case NoPart():
            return _same(", ".join(checked.parts)) if checked.parts else Line("không có", "none")
        case NoFact():
            facts = [tell_fact(one) for one in checked.found]
            if not facts:
                return Line("không có", "none")
            return Line("; ".join(one.vi for one in facts), "; ".join(one.en for one in facts))


def _paced(checked: Checked, condition: AtLeast | AtMost) -> Line:
    if checked.measured is None:
        return Line("không có việc được giao", "no work was assigned")
    share, how = decimals(hundredths(checked.measured * 100)), PACES[condition.pace]
    asked = f"{'≥' if isinstance(condition, AtLeast) else '≤'} {condition.percent} %"
    return Line(f"{share} % {how.vi}, cần {asked}", f"{share} % {how.en}, {asked} needed")


def _of_unit(checked: Checked, condition: UnitAtLeast) -> Line:
    if checked.measured is None:
        return Line("đơn vị chưa có kết quả", "the unit has no result")
    share = decimals(hundredths(checked.measured * 100))
    node, asked = condition.node, f"≥ {condition.percent} %"
    return Line(
        f"{node} của đơn vị {share} %, cần {asked}",
        f"{node} of the unit {share} %, {asked} needed",
    )
