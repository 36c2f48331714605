"""The report as one page for people: findings first, then every measure with its numbers."""

from collections.abc import Iterator
from html import escape

from fairness import tolerances
from fairness.measure import ALL, Line, Measure
from fairness.report import Finding, Report

MOST_DOCUMENTS = 50
"""Shown of one finding; the JSON beside it names them all."""
STYLE = """
body { font-family: system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { padding: .2rem .7rem; border-bottom: 1px solid #ccc; text-align: right; }
th:first-child, td:first-child { text-align: left; }
.en { color: #555; } .finding { border-left: 4px solid #b45309; padding-left: 1rem; }
""".strip()
HEADINGS = (
    ("Ai", "who"),
    ("Số quan sát", "n"),
    ("Giá trị", "value"),
    ("Khoảng 95 %", "95 % interval"),
    ("Kéo về mức chung", "shrunk"),
    ("p", "p"),
)


def as_html(report: Report, names: dict[str, str]) -> str:
    """Self-contained; the same report gives the same bytes."""
    title = f"Báo cáo công bằng {', '.join(report.periods)}"
    parts = [
        "<!doctype html>",
        '<html lang="vi"><meta charset="utf-8">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<h1>{escape(title)} <span class="en">/ Fairness report</span></h1>',
        *_method(report),
        "<h2>Phát hiện / Findings</h2>",
        *(part for one in report.findings for part in _finding(one)),
        *([] if report.findings else [_both(*NOTHING)]),
        "<h2>Số đo / Measures</h2>",
        *(part for one in report.measures for part in _measure(one, names)),
        "</html>",
    ]
    return "\n".join(parts) + "\n"


NOTHING = (
    "Không có gì vượt quá điều có thể xảy ra ngẫu nhiên.",
    "Nothing beyond what may happen by chance.",
)


def _method(report: Report) -> Iterator[str]:
    percent = f"{100 * tolerances.ALPHA:.0f}"
    yield _both(
        "Mỗi phát hiện là điều cần xem lại cùng các tài liệu nêu kèm, không phải kết luận về ai. "
        f"Báo cáo kiểm định {report.tests} khả năng cùng lúc; các giá trị p đã hiệu chỉnh (Holm) "
        f"để xác suất có dù một phát hiện vô cớ trong cả báo cáo không quá {percent} %. "
        "Chênh lệch nhỏ, dù chắc chắn, không nêu thành phát hiện.",
        "Each finding is something to look into with the documents named, not a verdict on "
        f"anybody. {report.tests} possibilities were tested together; p is adjusted (Holm) so that "
        f"the chance of even one unfounded finding in the whole report is at most {percent} %. "
        "A difference that is certain but small is no finding.",
    )


def _finding(one: Finding) -> Iterator[str]:
    sure = "" if one.p is None else f" (p {_probability(one.p)})"
    yield '<div class="finding">'
    yield _both(one.said.vi + sure, one.said.en + sure)
    shown = one.documents[:MOST_DOCUMENTS]
    more = len(one.documents) - len(shown)
    yield f"<details><summary>{len(one.documents)} tài liệu / documents</summary><ul>"
    yield from (f"<li><code>{escape(path)}</code></li>" for path in shown)
    yield from [f"<li>… +{more} (fairness.json)</li>"] if more else []
    yield "</ul></details></div>"


def _measure(measure: Measure, names: dict[str, str]) -> Iterator[str]:
    vi, en = escape(measure.title.vi), escape(measure.title.en)
    yield f'<h3>{vi} <span class="en">/ {en}</span></h3>'
    yield _both(measure.why.vi, measure.why.en)
    if not measure.lines:
        yield _both("Không có dữ liệu.", "No data.")
        return
    yield "<table><tr>"
    yield "".join(f"<th>{vi}<br><span class='en'>{en}</span></th>" for vi, en in HEADINGS)
    yield "</tr>"
    for line in measure.lines:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in _cells(line, measure.unit, names))
        yield f"<tr>{cells}</tr>"
    yield "</table>"


def _cells(line: Line, unit: str, names: dict[str, str]) -> Iterator[str]:
    subject, _, rest = line.subject.partition(" ")
    who = "Toàn bộ / all" if subject == ALL else names.get(subject, subject)
    yield f"{who} {rest}".strip()
    yield str(line.n)
    yield _value(line.value, unit)
    interval = line.interval
    yield (
        "" if interval is None else f"{_value(interval.low, unit)} – {_value(interval.high, unit)}"
    )
    yield "" if line.shrunk is None else _value(line.shrunk, unit)
    yield "" if line.p is None else _probability(line.p).removeprefix("= ")


def _value(value: float, unit: str) -> str:
    match unit:
        case "percent":
            return f"{100 * value:.1f} %".replace(".", ",")
        case "count":
            return f"{value:g}".replace(".", ",")
    return f"{value:.2f}".replace(".", ",")


def _probability(p: float) -> str:
    least = 0.0001
    return f"< {least}" if p < least else f"= {p:.4f}"


def _both(vi: str, en: str) -> str:
    return f'<p>{escape(vi)}<br><span class="en">{escape(en)}</span></p>'
