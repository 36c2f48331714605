"""What must hold before a scheme is published: each fault names the node it is in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate, pairwise

from shared.models.appraisal import MOST_SCORES, MOST_STATEMENTS
from shared.models.position import Asked
from shared.models.scheme import (
    COMBINED,
    POSITIONAL,
    AtLeast,
    AtMost,
    Component,
    Criteria,
    Criterion,
    Gate,
    Indicator,
    Minimum,
    NoPart,
    PositionCriteria,
    PositionIndicators,
    Scheme,
    Statement,
    Sum,
    Task,
    UnitAtLeast,
)
from shared.scoring.evaluation import UNRATED, WHOLE, components
from shared.scoring.gates import SCORE
from shared.scoring.rounding import PLACES, decimals, hundredths

COMMON_YEAR = 2026
"""Any without a 29 February."""
DEPTH = 6
"""Levels of a tree: the store nests maps and lists 20 deep, and a person reads few."""


@dataclass(frozen=True)
class Defect:
    """What is wrong, and in which node: `subjects.head.task`, `gates.late` and so on."""

    node: str
    en: str
    vi: str


def defects(scheme: Scheme) -> list[Defect]:
    """Why the scheme may not be published; nothing when it may."""
    trees = _trees(scheme)
    found = [defect for name, root in trees.items() for defect in _of_tree(name, root, scheme)]
    return [*found, *_of_bands(scheme), *_of_gates(scheme), *_of_rules(scheme)]


def reach(component: Component) -> tuple[Fraction, Fraction]:
    """The least and the greatest share that a component can have when nothing is absent."""
    match component:
        case Task() | PositionCriteria() | PositionIndicators():
            return Fraction(0), Fraction(1)
        case Criteria(criteria=criteria):
            whole = sum(one.weight for one in criteria)
            least = sum(
                (Fraction(one.weight * one.least, one.most) for one in criteria), Fraction(0)
            )
            return least / whole, Fraction(1)
        case Indicator(cap=cap):
            return Fraction(0), Fraction(cap, 100)
        case Statement(options=options):
            return Fraction(min(options.values()), 100), Fraction(max(options.values()), 100)
        case Minimum(parts=parts):
            reached = [reach(part) for part in parts]
            return min(low for low, _ in reached), min(high for _, high in reached)
        case _:
            weighed = [(part.weight, *reach(part)) for part in component.parts]
            whole = sum(weight for weight, _, _ in weighed)
            return (
                sum((weight * low for weight, low, _ in weighed), Fraction(0)) / whole,
                sum((weight * high for weight, _, high in weighed), Fraction(0)) / whole,
            )


def _trees(scheme: Scheme) -> dict[str, Component]:
    trees = {
        "official": scheme.subjects.official,
        "head": scheme.subjects.head,
        "unit": scheme.subjects.unit,
    }
    return {f"subjects.{name}": root for name, root in trees.items() if root is not None}


def _of_tree(name: str, root: Component, scheme: Scheme) -> Iterator[Defect]:
    yield from _of_root(name, root, scheme)
    for component in components(root):
        where = f"{name}.{component.id}"
        yield from _of_component(where, component, scheme)
    yield from _twice(name, "an id", "mã", (one.id for one in components(root)))
    criteria = [one.criteria for one in components(root) if isinstance(one, Criteria)]
    yield from _twice(
        name, "a criterion", "tiêu chí", (one.id for some in criteria for one in some)
    )
    yield from _of_appraisal(name, root)
    asking = [one for one in components(root) if isinstance(one, POSITIONAL)]
    yield from _twice(name, "of its kind, a component", "thành phần", (one.kind for one in asking))


def _of_appraisal(name: str, root: Component) -> Iterator[Defect]:
    """What one appraisal cannot hold would never be scored in full; the first beyond is named."""
    forms = [one for one in components(root) if isinstance(one, Criteria)]
    scored = accumulate(len(one.criteria) for one in forms)
    for form in [one for one, so_far in zip(forms, scored, strict=True) if so_far > MOST_SCORES][
        :1
    ]:
        yield Defect(
            f"{name}.{form.id}",
            f"an appraisal holds {MOST_SCORES} criteria, and this asks for more",
            f"một phiếu chỉ chứa {MOST_SCORES} tiêu chí, ở đây nhiều hơn",
        )
    stated = [one for one in components(root) if isinstance(one, Statement) and one.derived is None]
    for statement in stated[MOST_STATEMENTS:][:1]:
        yield Defect(
            f"{name}.{statement.id}",
            f"an appraisal holds {MOST_STATEMENTS} statements, and this is one more",
            f"một phiếu chỉ chứa {MOST_STATEMENTS} nhận định, đây là nhận định thừa",
        )


def asked_defects(asked: Asked, taken: Iterable[str] = ()) -> list[Defect]:
    """What must hold for what a position asks; `taken` are names that schemes use themselves."""
    idle = not asked.criteria and not asked.indicators
    return [
        *([Defect("criteria", "asks nothing", "không nêu gì")] if idle else []),
        *_of_items("criteria", asked.criteria, set(taken)),
        *_of_items("indicators", asked.indicators, set(taken)),
        *_scales(asked.criteria, "criteria"),
        *(
            defect
            for number, one in enumerate(asked.indicators)
            for defect in _of_indicator(f"indicators.{number}", one)
        ),
    ]


def _of_items(
    field: str, items: Sequence[Criterion | Indicator], taken: set[str]
) -> Iterator[Defect]:
    whole = sum(one.weight for one in items)
    if items and whole != WHOLE:
        yield Defect(
            field,
            f"the weights add up to {whole}, not to 100",
            f"tổng trọng số là {whole}, không phải 100",
        )
    yield from _twice(field, "an id", "mã", (one.id for one in items))
    for number, one in enumerate(items):
        if one.id in taken:
            yield Defect(
                f"{field}.{number}.id",
                f"{one.id} is what a scheme calls something of its own",
                f"{one.id} trùng với mã trong một quy chế",
            )


def _scales(criteria: Sequence[Criterion], where: str) -> Iterator[Defect]:
    for one in criteria:
        if one.least >= one.most:
            yield Defect(
                f"{where}.{one.id}",
                "the scale is empty: least must be below most",
                "thang điểm rỗng: least phải nhỏ hơn most",
            )


def _of_indicator(where: str, indicator: Indicator) -> Iterator[Defect]:
    if indicator.start == indicator.target:
        yield Defect(where, "start and target are the same", "điểm đầu và mục tiêu trùng nhau")


def _of_root(name: str, root: Component, scheme: Scheme) -> Iterator[Defect]:
    where = f"{name}.{root.id}"
    if root.source is None:
        yield Defect(where, "states no source", "chưa nêu nguồn")
    if root.absent in ("excluded", "zero"):
        yield Defect(
            where,
            "the whole is never zero or left out: say not_assessed or insufficient_data",
            "toàn bộ không thể là 0 hay bị bỏ qua: hãy nêu not_assessed hoặc insufficient_data",
        )
    if root.weight != 1:
        yield Defect(where, "has a weight but nothing above it", "có trọng số mà không có cấp trên")
    if _depth(root) > DEPTH:
        yield Defect(where, f"is more than {DEPTH} levels deep", f"sâu quá {DEPTH} tầng")
        return
    yield from _unreached(where, root, scheme)


def _unreached(where: str, root: Component, scheme: Scheme) -> Iterator[Defect]:
    """Bands that no total falls in when nothing is absent."""
    least, greatest = (hundredths(share * WHOLE) for share in reach(root))
    above: int | None = None
    for band in scheme.ratings.bands:
        if greatest < band.at_least:
            yield Defect(
                where,
                f"reaches {decimals(greatest)} at most, so nobody is {band.rating}",
                f"cao nhất được {decimals(greatest)} điểm nên không ai đạt {band.title.vi}",
            )
        elif above is not None and least >= above:
            yield Defect(
                where,
                f"gives {decimals(least)} at least, so nobody is {band.rating}",
                f"thấp nhất cũng {decimals(least)} điểm nên không ai là {band.title.vi}",
            )
        above = band.at_least


def _of_component(where: str, component: Component, scheme: Scheme) -> Iterator[Defect]:
    match component:
        case Sum(parts=parts) if (whole := sum(part.weight for part in parts)) != WHOLE:
            yield Defect(
                where,
                f"the weights add up to {whole}, not to 100",
                f"tổng trọng số là {whole}, không phải 100",
            )
        case Minimum(parts=parts) if any(part.weight != 1 for part in parts):
            yield Defect(
                where, "weights have no say in a minimum", "trọng số vô nghĩa khi lấy nhỏ nhất"
            )
        case Task() if scheme.penalties is None and component.measure != "quantity":
            yield Defect(where, "needs the scheme's penalties", "cần mức trừ của quy chế")
        case Criteria(criteria=criteria):
            yield from _scales(criteria, where)
        case Indicator():
            yield from _of_indicator(where, component)
        case PositionCriteria() | PositionIndicators() if where.startswith("subjects.unit."):
            yield Defect(where, "a unit holds no position", "đơn vị không giữ vị trí việc làm")
        case Statement():
            yield from _of_statement(where, component, scheme)


def _of_statement(where: str, statement: Statement, scheme: Scheme) -> Iterator[Defect]:
    if len(set(statement.options.values())) == 1:
        yield Defect(where, "all options give the same", "mọi lựa chọn cho kết quả như nhau")
    derived = statement.derived
    if derived is None:
        return
    if not {derived.met, derived.unmet} <= statement.options.keys():
        yield Defect(where, "derives an option that it does not have", "suy ra lựa chọn không có")
    if where.startswith("subjects.official.") and statement.absent in UNRATED:
        yield Defect(
            where,
            "follows from subordinates, whom officials do not have: nobody would be rated",
            "suy từ cấp dưới, mà công chức không có cấp dưới: không ai được xếp loại",
        )
    if derived.at_least not in _ratings(scheme):
        yield Defect(
            where,
            f"asks for {derived.at_least}, which is no band",
            f"đòi {derived.at_least}, không có trong các mức",
        )


def _of_bands(scheme: Scheme) -> Iterator[Defect]:
    bands = scheme.ratings.bands
    yield from _twice("ratings.bands", "a rating", "mức", (band.rating for band in bands))
    for higher, lower in pairwise(bands):
        if higher.at_least <= lower.at_least:
            yield Defect(
                f"ratings.bands.{lower.rating}",
                f"does not lie below {higher.rating}: bands go from the highest down",
                f"không thấp hơn {higher.rating}: các mức xếp từ cao xuống thấp",
            )
    if bands[-1].at_least != 0:
        yield Defect(
            f"ratings.bands.{bands[-1].rating}",
            "the last band starts at 0, so that everybody has one",
            "mức cuối bắt đầu từ 0 để ai cũng có xếp loại",
        )
    step = 10 ** (PLACES - scheme.rounding.places)
    for band in bands:
        if band.at_least % step:
            yield Defect(
                f"ratings.bands.{band.rating}",
                "has more decimals than totals are rounded to",
                "có nhiều chữ số thập phân hơn tổng điểm được làm tròn",
            )


def _of_gates(scheme: Scheme) -> Iterator[Defect]:
    ratings = _ratings(scheme)
    measured = any(
        isinstance(one, Task) for root in _trees(scheme).values() for one in components(root)
    )
    yield from _twice("gates", "a gate", "cổng", (gate.id for gate in scheme.gates))
    for gate in scheme.gates:
        where = f"gates.{gate.id}"
        if gate.id == SCORE:
            yield Defect(where, "the score itself has this name", "trùng tên với chính điểm số")
        if gate.ceiling not in ratings:
            yield Defect(
                where, f"{gate.ceiling} is no band", f"{gate.ceiling} không có trong các mức"
            )
        elif gate.ceiling == ratings[0]:
            yield Defect(where, "lowers nobody below the highest", "không hạ ai khỏi mức cao nhất")
        if isinstance(gate.condition, AtLeast | AtMost) and not measured:
            yield Defect(
                where,
                "measures work, which no component does",
                "đo công việc mà không thành phần nào đo",
            )
        yield from _of_condition(where, gate, scheme)


def _of_condition(where: str, gate: Gate, scheme: Scheme) -> Iterator[Defect]:
    condition, unit = gate.condition, scheme.subjects.unit
    if isinstance(condition, NoPart) and condition.rating not in _ratings(scheme):
        yield Defect(
            where,
            f"asks for {condition.rating}, which is no band",
            f"đòi {condition.rating}, không có trong các mức",
        )
    if isinstance(condition, NoPart) and _turns_ratings_round(gate, scheme):
        yield Defect(
            where,
            f"lowers whoever was {condition.rating} in a part to {gate.ceiling}",
            f"hạ người từng đạt {condition.rating} trong một kỳ xuống {gate.ceiling}",
        )
    if not isinstance(condition, UnitAtLeast):
        return
    node = (
        next((one for one in components(unit) if one.id == condition.node), None) if unit else None
    )
    if node is not None and (most := reach(node)[1]) * WHOLE < condition.percent:
        reached = decimals(hundredths(most * WHOLE))
        yield Defect(
            where,
            f"asks for {condition.percent} % of {node.id}, which reaches {reached} at most",
            f"đòi {condition.percent} % của {node.id}, phần này cao nhất chỉ {reached} %",
        )
    if node is None:
        yield Defect(
            where,
            f"asks for {condition.node}, which is no component of units",
            f"đòi {condition.node}, không có trong các thành phần của đơn vị",
        )
    if gate.applies_to != "heads":
        yield Defect(
            where,
            "judges a unit, so it applies to heads",
            "xét theo đơn vị nên chỉ áp dụng cho thủ trưởng",
        )


def _turns_ratings_round(gate: Gate, scheme: Scheme) -> bool:
    """Whether a part's rating caps the whole below that very rating: the best would fare worst."""
    condition, ratings = gate.condition, _ratings(scheme)
    if not isinstance(condition, NoPart) or not {condition.rating, gate.ceiling} <= set(ratings):
        return False
    return ratings.index(gate.ceiling) > ratings.index(condition.rating)


def _of_rules(scheme: Scheme) -> Iterator[Defect]:
    ratings = _ratings(scheme)
    if scheme.quota and not {scheme.quota.rating, "good"} <= set(ratings):
        yield Defect("quota", "is about a rating that is no band", "nói về mức không có")
    if scheme.quota and scheme.quota.rating == ratings[-1]:
        yield Defect("quota", "is about the lowest rating", "nói về mức thấp nhất")
    if scheme.quota and scheme.quota.outstanding_percent < scheme.quota.percent:
        yield Defect(
            "quota", "gives an outstanding organisation less", "cho tổ chức xuất sắc ít hơn"
        )
    yield from _of_distribution(scheme)
    yield from _of_windows(scheme)
    if scheme.justification and scheme.justification.below >= scheme.justification.at_least:
        yield Defect(
            "justification", "leaves nothing without it", "không chừa khoảng nào miễn giải trình"
        )
    yield from _of_calendar(scheme)


def _of_calendar(scheme: Scheme) -> Iterator[Defect]:
    if scheme.calendar is None:
        return
    if len(set(scheme.calendar.periods)) < len(scheme.calendar.periods):
        yield Defect("calendar", "names a kind of period twice", "nêu trùng một loại kỳ")
    if not _is_day(scheme.calendar.year_before):
        yield Defect(
            "calendar.year_before",
            f"{scheme.calendar.year_before} is no day of every year",
            f"{scheme.calendar.year_before} không phải ngày năm nào cũng có",
        )


def _is_day(month_day: str) -> bool:
    month, day = map(int, month_day.split("-"))
    try:
        return bool(date(COMMON_YEAR, month, day))
    except ValueError:
        return False


def _of_windows(scheme: Scheme) -> Iterator[Defect]:
    windows = scheme.windows
    if windows is None:
        return
    turns = (windows.above, windows.deputies, windows.head_score)
    known = [days for days in turns if days is not None]
    if any(later > earlier for later, earlier in pairwise(known)):
        yield Defect(
            "windows",
            "heads above have their turn after deputies, and these within the head's days",
            "cấp trên chấm thay sau cấp phó, cấp phó trong thời hạn của thủ trưởng",
        )


def _of_distribution(scheme: Scheme) -> Iterator[Defect]:
    shares = scheme.distribution.shares if scheme.distribution else []
    yield from _twice("distribution", "a share", "phần", (share.id for share in shares))
    whole = sum(share.percent for share in shares)
    if shares and whole != WHOLE:
        yield Defect(
            "distribution",
            f"the shares add up to {whole}, not to 100",
            f"tổng các phần là {whole}, không phải 100",
        )


def _ratings(scheme: Scheme) -> list[str]:
    return [band.rating for band in scheme.ratings.bands]


def _depth(component: Component) -> int:
    below = component.parts if isinstance(component, COMBINED) else []
    return 1 + max(map(_depth, below), default=0)


def _twice(where: str, en: str, vi: str, names: Iterable[str]) -> Iterator[Defect]:
    for name, times in Counter(names).items():
        if times > 1:
            yield Defect(f"{where}.{name}", f"{en} is named twice", f"{vi} bị trùng tên")
