"""Form 01, what an official says of the own work, and Form 02, what the authority decides.

Both show every number behind the rating, as the result holds it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.models.appraisal import Appraisal, Scoring
from shared.models.assignment import Assignment
from shared.models.period import Period
from shared.models.result import Result
from shared.models.scheme import AtLeast, AtMost, Component, Criteria, Rating, Scheme
from shared.models.scorecard import Assessment, Contribution, Override, Scorecard
from shared.models.unit import Unit
from shared.papers.paper import (
    DOTS,
    LINE,
    Amount,
    Block,
    Cell,
    Column,
    Facts,
    Heading,
    Paper,
    Signature,
    Table,
    Text,
)
from shared.scoring.evaluation import WHOLE, Evaluated, forms
from shared.scoring.gates import SCORE, Checked, by_score
from shared.scoring.rounding import hundredths
from shared.scoring.scorecard import Reading, read
from shared.scoring.telling import ABSENCES, PACES, band_title, reasons, tell_measured
from shared.vietnamese import STATES, day, number, period_name


@dataclass(frozen=True)
class Decided:
    """What the competent authority decided, and why."""

    rating: Rating
    reason: str
    by: str
    on: str


@dataclass(frozen=True)
class Dossier:
    """All that a person's forms show. `appraisals` by stretch, `work` by assignment."""

    period: Period
    scheme: Scheme
    result: Result
    unit: Unit
    above: str
    position: str
    head: str
    appraisals: Mapping[str, Appraisal]
    work: Mapping[str, Assignment]
    version: int = 1
    decided: Decided | None = None

    @property
    def card(self) -> Scorecard:
        return self.result.scorecard


def self_form(dossier: Dossier) -> Paper:
    """Form 01."""
    reading = read(dossier.card, dossier.scheme)
    return _paper(
        dossier,
        "Mẫu 01",
        "Phiếu tự đánh giá, xếp loại chất lượng công chức",
        [
            *_known(dossier, reading),
            Heading("VI. Công chức tự nhận xét"),
            *_notes(dossier, "by_self"),
        ],
        [
            Signature("Thủ trưởng đơn vị", dossier.head),
            Signature("Người tự đánh giá", dossier.result.name),
        ],
    )


def decision_form(dossier: Dossier) -> Paper:
    """Form 02; what is not decided yet is left to be written by hand."""
    reading = read(dossier.card, dossier.scheme)
    return _paper(
        dossier,
        "Mẫu 02",
        "Phiếu đánh giá, xếp loại chất lượng công chức",
        [
            *_known(dossier, reading),
            Heading("VI. Nhận xét của thủ trưởng đơn vị"),
            *_notes(dossier, "by_head"),
            Heading("VII. Quyết định của cấp có thẩm quyền"),
            _decision(dossier),
        ],
        [
            Signature("Thủ trưởng đơn vị", dossier.head),
            Signature("Cấp có thẩm quyền", dossier.decided.by if dossier.decided else ""),
        ],
    )


def comma(told: str) -> str:
    """Numbers as scoring tells them, the Vietnamese way."""
    return re.sub(r"(?<=\d)\.(?=\d)", ",", told)


def short_title(component: Component) -> str:
    """`a: số lượng` is `a` where there is no room for more."""
    return component.title.vi.partition(":")[0]


def rating_words(card: Scorecard, scheme: Scheme) -> str:
    """The rating as the scheme calls it, or the state that stands instead."""
    return band_title(card.rating, scheme).vi if card.rating else STATES[card.standing]


def deciding(card: Scorecard, scheme: Scheme) -> str:
    """What decided the rating: the score, or the gate that lowered it."""
    if card.gate in (None, SCORE):
        return "Điểm số" if card.gate else ""
    return next((one.title.vi for one in scheme.gates if one.id == card.gate), card.gate or "")


def _paper(
    dossier: Dossier,
    form: str,
    title: str,
    blocks: Sequence[Block],
    signatures: Sequence[Signature],
) -> Paper:
    return Paper(
        name=dossier.result.name,
        above=dossier.above,
        agency=dossier.unit.name,
        form=form,
        title=title,
        subtitle=f"Kỳ đánh giá: {period_name(dossier.period.id)}",
        blocks=blocks,
        signatures=signatures,
    )


def _known(dossier: Dossier, reading: Reading) -> Iterator[Block]:
    yield Heading("I. Thông tin chung")
    yield _who(dossier)
    yield Heading("II. Kết quả thực hiện nhiệm vụ")
    yield from _work(dossier)
    yield Heading("III. Điểm theo từng thành phần")
    yield _tree(dossier, reading)
    yield Heading("IV. Tiêu chí chung: tự chấm và thủ trưởng chấm")
    yield from _criteria(dossier)
    yield Heading("V. Điều kiện và kết quả xếp loại")
    yield from _gates(dossier, reading)
    yield from _facts(dossier, reading)
    yield _outcome(dossier)


def _who(dossier: Dossier) -> Facts:
    card, capacity = dossier.card, dossier.card.capacity
    zone = dossier.period.time_zone
    last = dossier.period.end - timedelta(microseconds=1)
    pairs = [
        ("Họ và tên", dossier.result.name),
        ("Mã số", card.official),
        ("Vị trí việc làm", dossier.position or "(chưa ghi)"),
        ("Đơn vị", dossier.unit.name),
        (
            "Chấm theo",
            "công thức thủ trưởng" if capacity.subject == "head" else "công thức công chức",
        ),
        ("Đảng viên", "có" if capacity.party_member else "không"),
        ("Thời gian", f"từ {day(dossier.period.start, zone)} đến {day(last, zone)}"),
        ("Quy chế", f"{dossier.scheme.title.vi} ({card.scheme})"),
    ]
    if dossier.version > 1:
        pairs.append(("Bản kết quả", f"{dossier.version} (đã đính chính)"))
    away = sorted(stretch for stretch, one in card.assessments.items() if one.away)
    if away:
        pairs.append(("Nghỉ, không tính", ", ".join(map(_stretch, away))))
    return Facts(pairs)


WORK = (
    Column("STT", 5, "center"),
    Column("Nhiệm vụ, sản phẩm", 26),
    Column("Hạn", 12, "center"),
    Column("K", 8, "right"),
    Column("Giao", 6, "right"),
    Column("Xong", 7, "right"),
    Column("Vượt", 7, "right"),
    Column("Chậm", 8, "right"),
    Column("Lỗi", 6, "right"),
    Column("Quy đổi", 10, "right"),
    Column("Ghi chú", 15),
)


def _work(dossier: Dossier) -> Iterator[Block]:
    card, work = dossier.card, dossier.card.work
    rows: list[Sequence[Cell]] = [
        [
            place,
            _title(dossier.work.get(name), row.product),
            _due(dossier.work.get(name), dossier.period.time_zone),
            Amount(row.k, 3),
            row.quantity,
            row.done,
            row.beyond,
            row.lates,
            row.fails,
            _converted(row.assigned_weight),
            _remark(dossier.work.get(name), row),
        ]
        for place, (name, row) in enumerate(card.contributions.items(), start=1)
    ]
    if not rows:
        yield Text("Không có nhiệm vụ nào được giao trong kỳ.")
        return
    total = [work.assigned, work.done, work.beyond, work.lates, work.fails]
    rows.append(["", "Cộng", "", None, *total, _converted(work.assigned_weight), ""])
    yield Table(WORK, rows, total=True)
    yield Text(
        "Quy đổi = số lượng được giao × K. Việc chưa xong khi hết kỳ vẫn nằm trong mẫu số. "
        + _basis(dossier)
    )
    if dossier.result.refused_count:
        listed = "; ".join(f"{one.path}: {one.reason}" for one in dossier.result.refused[:10])
        yield Text(f"{number(dossier.result.refused_count)} mục không tính được: {listed}")


def _basis(dossier: Dossier) -> str:
    if dossier.period.state in ("open", "closing"):
        return "Số liệu tạm tính: kỳ chưa khóa, các số còn có thể thay đổi."
    result = dossier.result
    works, entries = number(result.assignments), number(result.entries)
    return f"Kết quả dựa trên {works} việc và {entries} mục ghi nhận."


def _converted(weight: int) -> Amount:
    """Units × K, from the hundred-thousandths that scorecards keep."""
    return Amount(weight // 100, 3)


def _title(assignment: Assignment | None, product: str) -> str:
    return product if assignment is None else assignment.title


def _due(assignment: Assignment | None, zone: str) -> str:
    if assignment is None:
        return ""
    return day(assignment.due_now, zone)


def _remark(assignment: Assignment | None, row: Contribution) -> str:
    """What explains the numbers of a row: what happened to its terms, and what is waived."""
    moves = 0 if assignment is None else len(assignment.folded.moves)
    withdrawn = 0 if assignment is None else sum(assignment.folded.withdrawn.values())
    remarks = {
        "dời hạn": moves,
        "{} lần dời khi đã quá hạn": row.overdue_moves,
        "rút {} đơn vị": withdrawn,
        "{} đơn vị chuyển kỳ sau": row.carried,
        "tiếp nối việc trước": row.continues is not None,
        "{} % sản phẩm": row.share and row.share.percent,
        "miễn {} lần chậm": row.excused and row.excused.lates,
        "miễn {} đơn vị không giao được": row.excused and row.excused.undelivered,
        "miễn {} lỗi": row.excused and row.excused.fails,
    }
    return "; ".join(text.format(count) for text, count in remarks.items() if count)


OPTIONS = {"yes": "đạt", "no": "không đạt"}
"""What the shipped schemes' statements say."""
TREE = (
    Column("Thành phần", 34),
    Column("Cách tính", 36),
    Column("Tỷ lệ (%)", 14, "right"),
    Column("Điểm", 12, "right"),
)


def _tree(dossier: Dossier, reading: Reading) -> Table:
    return Table(TREE, list(_nodes(dossier, reading, reading.root, 0)))


def _nodes(
    dossier: Dossier, reading: Reading, node: Evaluated, depth: int
) -> Iterator[Sequence[Cell]]:
    card, component = dossier.card, node.component
    said = _calculation(node, reading, dossier.scheme)
    means = "" if node.known else f": {ABSENCES[component.absent].vi}"
    share, points = card.share(component.id), card.points(component.id)
    yield [
        "– " * depth + component.title.vi,
        said + means,
        None if share is None else Amount(share),
        None if points is None else Amount(points),
    ]
    for part in node.parts:
        yield from _nodes(dossier, reading, part, depth + 1)


def _calculation(node: Evaluated, reading: Reading, scheme: Scheme) -> str:
    """As scoring tells it, with titles where it has ids."""
    said = comma(reasons(node, reading.evidence, scheme.penalties).vi)
    for part in node.parts:
        said = re.sub(rf"(?<![\w-]){part.component.id}(?![\w-])", short_title(part.component), said)
    return OPTIONS.get(said, said)


CRITERIA = (
    Column("STT", 6, "center"),
    Column("Tiêu chí", 42),
    Column("Tối đa", 10, "right"),
    Column("Tự chấm", 11, "right"),
    Column("Thủ trưởng", 13, "right"),
    Column("Chênh lệch", 13, "right"),
)


def _criteria(dossier: Dossier) -> Iterator[Block]:
    root = dossier.scheme.root(dossier.card.capacity.subject)
    stretches = sorted({*dossier.card.assessments, *dossier.appraisals})
    told = {one: _scores(dossier, one) for one in stretches}
    for stretch, (by_self, by_head) in told.items():
        if not by_self and not by_head:
            continue
        if len(stretches) > 1:
            yield Text(f"{_stretch(stretch).capitalize()}:")
        asked = forms(root, dossier.card.assessments.get(stretch, Assessment()))
        for form in asked:
            elsewhere = {one.id for other in asked if other is not form for one in other.criteria}
            yield _criteria_table(form, _but(by_self, elsewhere), _but(by_head, elsewhere))
    if not any(any(pair) for pair in told.values()):
        yield Text("Chưa ai chấm.")


def _scores(dossier: Dossier, stretch: str) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Of oneself, and the head's that the result rests on."""
    appraisal = dossier.appraisals.get(stretch)
    own = appraisal.by_self.scores if appraisal and appraisal.by_self else {}
    return own, dossier.card.assessments.get(stretch, Assessment()).criteria


def _but(scores: Mapping[str, int], names: set[str]) -> Mapping[str, int]:
    """Without those that another form of the stretch asks."""
    return {name: given for name, given in scores.items() if name not in names}


def _criteria_table(
    form: Criteria, by_self: Mapping[str, int], by_head: Mapping[str, int]
) -> Table:
    names = {one.id: (one.title.vi, one.most) for one in form.criteria}
    unknown = (by_self.keys() | by_head.keys()) - names.keys()
    rows: list[Sequence[Cell]] = [
        [
            place,
            names[one][0] if one in names else f"{one} (không có trong quy chế)",
            Amount(names[one][1]) if one in names else None,
            _scored(by_self.get(one)),
            _scored(by_head.get(one)),
            _difference(by_self.get(one), by_head.get(one)),
        ]
        for place, one in enumerate([*names, *sorted(unknown)], start=1)
    ]
    own, head = (sum(side.values()) if side else None for side in (by_self, by_head))
    most = sum(one for _, one in names.values())
    rows.append(["", "Cộng", Amount(most), _scored(own), _scored(head), _difference(own, head)])
    return Table(CRITERIA, rows, total=True)


def _scored(points: int | None) -> Amount | None:
    return None if points is None else Amount(points)


def _difference(by_self: int | None, by_head: int | None) -> Amount | None:
    return None if by_self is None or by_head is None else Amount(by_head - by_self)


GATES = (
    Column("Điều kiện", 40),
    Column("Kết quả", 26),
    Column("Không đạt thì cao nhất là", 20),
    Column("Đạt", 12, "center"),
)


def _gates(dossier: Dossier, reading: Reading) -> Iterator[Block]:
    rows: list[Sequence[Cell]] = [
        [
            one.gate.title.vi,
            _measured(one),
            band_title(one.gate.ceiling, dossier.scheme).vi,
            ("đạt" if one.passed else "không đạt") if one.applies else "không áp dụng",
        ]
        for one in reading.gates
    ]
    if rows:
        yield Table(GATES, rows)


def _measured(checked: Checked) -> str:
    condition = checked.gate.condition
    if condition.kind == "no_fact":
        return f"{len(checked.found)} sự việc" if checked.found else "không có"
    if not isinstance(condition, AtLeast | AtMost):
        return tell_measured(checked).vi
    if checked.measured is None:
        return "không có việc được giao"
    asked = f"{'≥' if isinstance(condition, AtLeast) else '≤'} {condition.percent} %"
    share = number(hundredths(checked.measured * WHOLE), 2)
    return f"{share} % {PACES[condition.pace].vi} (cần {asked})"


def _facts(dossier: Dossier, reading: Reading) -> Iterator[Block]:
    """The facts that stand against the person, each with its day, author and reason."""
    zone = dossier.period.time_zone
    for fact in reading.overrides:
        yield Text(f"Sự việc {fact.kind}, {_when(fact, zone)}, {fact.by} ghi: {fact.reason}")


def _when(fact: Override, zone: str) -> str:
    until = f" đến trước {day(fact.until, zone)}" if fact.until else ""
    return f"{day(fact.at, zone)}{until}"


def _outcome(dossier: Dossier) -> Facts:
    card, scheme = dossier.card, dossier.scheme
    if card.total is None:
        return Facts([("Tổng điểm", "chưa có"), ("Xếp loại", STATES[card.standing])])
    return Facts(
        [
            ("Tổng điểm", f"{number(card.total, 2)}/{number(int(WHOLE) * 100, 2)}"),
            ("Mức theo điểm", band_title(by_score(card.total, scheme), scheme).vi),
            ("Xếp loại theo quy chế", rating_words(card, scheme)),
            ("Căn cứ quyết định", deciding(card, scheme)),
        ]
    )


def _notes(dossier: Dossier, side: Literal["by_self", "by_head"]) -> list[Block]:
    """What was written beside the scores; else a place to write."""
    told: Iterable[tuple[str, Scoring | None]] = [
        (stretch, getattr(one, side)) for stretch, one in sorted(dossier.appraisals.items())
    ]
    notes = [
        f"{_stretch(stretch).capitalize()}: {one.note}" for stretch, one in told if one and one.note
    ]
    return [Text(note) for note in notes] or [Text(LINE), Text(LINE)]


def _decision(dossier: Dossier) -> Facts:
    decided = dossier.decided
    return Facts(
        [
            ("Xếp loại", band_title(decided.rating, dossier.scheme).vi if decided else DOTS),
            ("Lý do", decided.reason if decided else DOTS),
            ("Ngày quyết định", decided.on if decided else DOTS),
        ]
    )


def _stretch(stretch: str) -> str:
    period, _, unit = stretch.partition("_")
    return f"{period_name(period)}{f' tại {unit}' if unit else ''}"
