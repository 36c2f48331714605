"""What is done to the work: deadlines, acceptance, exemptions, the last days, appeals, burden."""

from collections.abc import Iterator, Sequence
from statistics import median

from fairness import tolerances as limits
from fairness.estimates import more_than, proportion
from fairness.measure import (
    ALL,
    Line,
    Measure,
    Share,
    Words,
    against_peers,
    grouped,
    percent,
    shares,
)
from fairness.rows import Acceptance, Burden, Delivery, Exemption, Petition, Piece, Rows


def deadlines(pieces: Sequence[Piece], names: dict[str, str]) -> Measure:
    """Of the work that was overdue, how much had its deadline moved after it fell due."""
    overdue = [one for one in pieces if one.overdue]
    found = shares(
        overdue,
        lambda one: one.by or one.approver,
        lambda one: one.rescued is not None,
        lambda one: one.rescued or one.path,
    )
    lines = [
        Line(
            one.subject,
            one.of,
            one.value,
            proportion(one.count, one.of),
            p=more_than(one.count, one.of, limits.RESCUED),
            large=one.value > limits.RESCUED,
            said=Words(
                f"{names.get(one.subject, one.subject)} lùi hạn sau khi đã quá hạn "
                f"{one.count} trên {one.of} việc chậm.",
                f"{names.get(one.subject, one.subject)} moved the deadline of {one.count} of "
                f"{one.of} overdue pieces of work after it had passed.",
            ),
            documents=one.documents,
        )
        for one in found
    ]
    return Measure(
        "deadlines-moved-afterwards",
        Words("Lùi hạn sau khi đã quá hạn", "Deadlines moved after they fell due"),
        Words(
            "Trong số việc đã quá hạn, tỷ lệ được lùi hạn sau đó; quá một phần năm là bất thường.",
            "Of the work that was overdue, the share whose deadline was moved afterwards; more "
            "than a fifth is unusual.",
        ),
        "percent",
        lines,
    )


def unevidenced(acceptances: Sequence[Acceptance], names: dict[str, str]) -> Measure:
    found = shares(acceptances, lambda one: one.by, lambda one: not one.evidenced, _path)

    def tell(one: Share, usual: float) -> Words:
        name, peers = names.get(one.subject, one.subject), percent(usual)
        return Words(
            f"{name} nghiệm thu không có minh chứng {one.count} trên {one.of} lần; "
            f"nơi khác {peers} %.",
            f"{name} accepted {one.count} of {one.of} without evidence; elsewhere {peers} %.",
        )

    return Measure(
        "accepted-without-evidence",
        Words("Nghiệm thu không có minh chứng", "Accepted without evidence"),
        Words(
            "Tỷ lệ lần nghiệm thu mà bản nộp không kèm minh chứng, so với những người khác.",
            "Share of acceptances whose submission names no evidence, beside those of others.",
        ),
        "percent",
        against_peers(found, tell, farther=limits.APART),
    )


def own_acceptances(acceptances: Sequence[Acceptance], names: dict[str, str]) -> Measure:
    """Each is a fact: the rules refuse it, so it should never be found."""
    found = shares(acceptances, lambda one: one.by, lambda one: one.by == one.official, _path)
    lines = [
        Line(
            one.subject,
            one.of,
            float(one.count),
            large=True,
            said=Words(
                f"{names.get(one.subject, one.subject)} tự nghiệm thu việc của mình "
                f"{one.count} lần.",
                f"{names.get(one.subject, one.subject)} accepted own work {one.count} times.",
            ),
            documents=one.documents,
        )
        for one in found
        if one.count
    ]
    return Measure(
        "accepted-by-the-doer",
        Words("Tự nghiệm thu việc của mình", "Accepted by the doer"),
        Words("Không được phép; mỗi lần đều nêu ra.", "Not allowed; each is named."),
        "count",
        lines,
    )


def exemptions(decided: Sequence[Exemption], names: dict[str, str]) -> Measure:
    found = shares(decided, lambda one: one.by, lambda one: one.granted, _path)

    def tell(one: Share, usual: float) -> Words:
        name, peers = names.get(one.subject, one.subject), percent(usual)
        return Words(
            f"{name} chấp nhận {one.count} trên {one.of} đề nghị miễn trừ; nơi khác {peers} %.",
            f"{name} granted {one.count} of {one.of} exemptions; elsewhere {peers} %.",
        )

    return Measure(
        "exemptions",
        Words("Miễn trừ theo người duyệt", "Exemptions by who decides"),
        Words(
            "Tỷ lệ đề nghị miễn trừ được chấp nhận, so với những người duyệt khác.",
            "Share of requests for exemption that were granted, beside those of others.",
        ),
        "percent",
        against_peers(found, tell, farther=limits.APART),
    )


def last_days(deliveries: Sequence[Delivery], names: dict[str, str]) -> Measure:
    found = shares(deliveries, lambda one: one.unit, lambda one: one.last, _path)

    def tell(one: Share, usual: float) -> Words:
        name, peers = names.get(one.subject, one.subject), percent(usual)
        days = limits.LAST_DAYS
        return Words(
            f"{name} nộp {percent(one.value)} % sản phẩm trong {days} ngày cuối kỳ; "
            f"nơi khác {peers} %.",
            f"{name} submits {percent(one.value)} % in the last {days} days of the period; "
            f"elsewhere {peers} %.",
        )

    return Measure(
        "last-days",
        Words("Nộp dồn ba ngày cuối kỳ", "Submitted in the last three days"),
        Words(
            "Tỷ lệ bản nộp trong ba ngày cuối kỳ của mỗi đơn vị, so với các đơn vị khác.",
            "Share of a unit's submissions in the last three days, beside those of other units.",
        ),
        "percent",
        against_peers(found, tell, farther=limits.APART),
    )


def petitions(filed: Sequence[Petition]) -> Measure:
    """Filed, upheld, answered in time; every one that was not is a fact."""
    answered = [one for one in filed if one.upheld is not None]
    upheld = [one.path for one in answered if one.upheld]
    late = [one.path for one in filed if one.in_time is False]
    of = len(answered)
    lines = [Line("filed", len(filed), float(len(filed)), documents=[one.path for one in filed])]
    if answered:
        interval = proportion(len(upheld), of)
        shown = Line("upheld", of, float(len(upheld)), documents=upheld)
        said = Words(
            f"{len(upheld)} trên {of} kiến nghị được chấp nhận "
            f"({percent(interval.low)}–{percent(interval.high)} % nếu tính mức tin cậy 95 %).",
            f"{len(upheld)} of {of} appeals were upheld "
            f"({percent(interval.low)} to {percent(interval.high)} % at 95 % confidence).",
        )
        lines.append(Line(shown.subject, of, shown.value, said=said, documents=upheld))
    if late:
        said = Words(
            f"{len(late)} trên {len(filed)} kiến nghị chưa được trả lời đúng hạn.",
            f"{len(late)} of {len(filed)} appeals were not answered in time.",
        )
        lines.append(
            Line("late", len(filed), float(len(late)), large=True, said=said, documents=late)
        )
    return Measure(
        "appeals",
        Words("Kiến nghị", "Appeals"),
        Words(
            "Số kiến nghị đã gửi, được chấp nhận, và không được trả lời đúng hạn.",
            "Appeals filed, upheld, and not answered in time.",
        ),
        "count",
        lines if filed else [],
    )


def burden(burdens: Sequence[Burden], names: dict[str, str]) -> Measure:
    """Entries a person writes in a period: the median by unit, and whoever writes very many."""
    lines = []
    for subject, own in [(ALL, list(burdens)), *grouped(burdens, lambda one: one.unit).items()]:
        if own:
            busy = [one for one in own if one.actions > limits.BUSY]
            heavy = len(busy) * 2 > len(own)
            name = names.get(subject, subject)
            said = Words(
                f"{name}: {len(busy)} trên {len(own)} người ghi hơn {limits.BUSY} mục một kỳ.",
                f"{name}: {len(busy)} of {len(own)} people write more than {limits.BUSY} "
                "entries a period.",
            )
            value = float(median(one.actions for one in own))
            lines.append(Line(subject, len(own), value, large=heavy and subject != ALL, said=said))
    return Measure(
        "burden",
        Words("Số thao tác mỗi người mỗi kỳ", "Actions per person and period"),
        Words(
            f"Trung vị số mục một người phải ghi; quá {limits.BUSY} với quá nửa số người là "
            "gánh nặng.",
            f"Median of the entries a person writes; more than {limits.BUSY} for most people is "
            "a burden.",
        ),
        "count",
        lines,
    )


def measures(rows: Rows) -> Iterator[Measure]:
    yield deadlines(rows.pieces, rows.names)
    yield unevidenced(rows.acceptances, rows.names)
    yield own_acceptances(rows.acceptances, rows.names)
    yield exemptions(rows.exemptions, rows.names)
    yield last_days(rows.deliveries, rows.names)
    yield petitions(rows.petitions)
    yield burden(rows.burdens, rows.names)


def _path(row: Acceptance | Exemption | Delivery) -> str:
    return row.path
