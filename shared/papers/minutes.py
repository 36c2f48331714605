"""The minutes of the meeting that weighs ratings: quotas, who is on the edge, what is decided."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.models.quota import Boundary, Edge, QuotaGroup, QuotaReport
from shared.models.scheme import Rating, Scheme
from shared.papers.paper import (
    LINE,
    Amount,
    Block,
    Cell,
    Column,
    Heading,
    Paper,
    Signature,
    Table,
    Text,
)
from shared.papers.person import comma
from shared.papers.unit import both
from shared.scoring.telling import band_title
from shared.vietnamese import name_key, number, period_name


@dataclass(frozen=True)
class Rated:
    """One person as rated by the rules and by the authority."""

    official: str
    name: str
    unit: str
    total: int
    computed: Rating
    decided: Rating | None
    reason: str

    @property
    def rating(self) -> Rating:
        return self.decided or self.computed


def minutes_paper(
    report: QuotaReport, scheme: Scheme, people: Sequence[Rated], agency: str
) -> Paper:
    names = {one.official: one.name for one in people}
    return Paper(
        name="Biên bản",
        agency=agency,
        title="Biên bản họp xét đánh giá, xếp loại chất lượng công chức",
        subtitle=f"Kỳ đánh giá: {period_name(report.period)}",
        blocks=[
            Heading("I. Thành phần"),
            *(Text(f"{who}: {LINE[:40]}") for who in ("Chủ trì", "Thư ký", "Tham dự")),
            Heading("II. Kết quả theo quy chế và theo quyết định"),
            _groups(report, scheme),
            *_unplaced(report),
            Heading("III. Tỷ lệ tối đa"),
            *_limits(report, scheme, names),
            Heading("IV. Danh sách được xét ở mức cao nhất"),
            _top(people, scheme),
            Heading("V. Quyết định khác với kết quả theo quy chế"),
            _departures(people, scheme),
            Heading("VI. Ý kiến thảo luận, kết luận"),
            *[Text(LINE)] * 3,
        ],
        signatures=[Signature("Thư ký"), Signature("Chủ trì")],
    )


def _groups(report: QuotaReport, scheme: Scheme) -> Table:
    """Both counts in a cell where decisions changed it: by the rules → as decided."""
    bands = scheme.ratings.bands
    columns = [
        Column("Cơ quan, nhóm việc tương tự", 26),
        Column("Số người", 9, "right"),
        *(Column(band.title.vi, 14, "right") for band in bands),
    ]
    rows: list[Sequence[Cell]] = [
        [_titled(group), group.people, *(_both(group, band.rating) for band in bands)]
        for group in report.groups
    ]
    return Table(columns, rows)


def _titled(group: QuotaGroup) -> str:
    kind = "" if group.kind == "agency" else "Nhóm việc: "
    return f"{kind}{group.title}{' (tập thể xuất sắc)' if group.outstanding else ''}"


def _both(group: QuotaGroup, rating: Rating) -> Cell:
    return both(group.computed.get(rating, 0), group.ratings.get(rating, 0))


def _unplaced(report: QuotaReport) -> Iterator[Block]:
    if report.unplaced:
        yield Text(f"{number(report.unplaced)} người không thuộc các cơ quan nêu trên.")


def _limits(report: QuotaReport, scheme: Scheme, names: Mapping[str, str]) -> Iterator[Block]:
    if scheme.quota is None:
        yield Text("Quy chế không đặt tỷ lệ tối đa.")
        return
    yield Text(
        "Tỷ lệ chỉ để cấp có thẩm quyền cân nhắc; không tự động hạ điểm hay mức của ai. "
        f"Căn cứ: {scheme.quota.source.text.vi}."
    )
    for group in report.groups:
        if group.people:
            yield Text(f"{_titled(group)}:")
            yield from (Text(f"– {comma(line.vi)}.") for line in group.explanation)
            yield from _edges(group.boundary, names)


def _edges(boundary: Boundary | None, names: Mapping[str, str]) -> Iterator[Block]:
    """Who is the last within the places, who shares a total across them, who is the next."""
    if boundary is None:
        return
    told = {
        "Cuối danh sách được giữ": boundary.inside,
        "Cùng điểm ở ranh giới, phải chọn": boundary.tied,
        "Kế tiếp": boundary.outside,
    }
    for title, edge in told.items():
        if edge is not None:
            yield Text(f"– {title}: {_people(edge, names)}.")


def _people(edge: Edge, names: Mapping[str, str]) -> str:
    known = sorted((names.get(one, one) for one in edge.officials), key=name_key)
    return f"{', '.join(known)} ({number(edge.total, 2)} điểm)"


TOP = (
    Column("STT", 7, "center"),
    Column("Họ và tên", 22),
    Column("Đơn vị", 22),
    Column("Tổng điểm", 11, "right"),
    Column("Theo quy chế", 18),
    Column("Quyết định", 18),
)
DEPARTURES = (*TOP, Column("Lý do", 24))


def _top(people: Sequence[Rated], scheme: Scheme) -> Block:
    """Everybody whom the rules or the authority rate so high, the highest total first."""
    best = scheme.quota.rating if scheme.quota else scheme.ratings.bands[0].rating
    chosen = [one for one in people if best in (one.computed, one.rating)]
    ordered = sorted(chosen, key=lambda one: (-one.total, name_key(one.name), one.official))
    if not ordered:
        return Text("Không có ai.")
    return Table(TOP, [_row(place, one, scheme) for place, one in enumerate(ordered, start=1)])


def _departures(people: Sequence[Rated], scheme: Scheme) -> Block:
    departing = [one for one in people if one.rating != one.computed]
    ordered = sorted(departing, key=lambda one: (name_key(one.name), one.official))
    if not ordered:
        return Text("Không có.")
    rows = [[*_row(place, one, scheme), one.reason] for place, one in enumerate(ordered, start=1)]
    return Table(DEPARTURES, rows)


def _row(place: int, one: Rated, scheme: Scheme) -> list[Cell]:
    return [
        place,
        one.name,
        one.unit,
        Amount(one.total),
        band_title(one.computed, scheme).vi,
        band_title(one.decided, scheme).vi if one.decided else "",
    ]
