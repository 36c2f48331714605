"""Raters with a habit are found, honest ones are not, and the same rows give the same bytes."""

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bench.fairness import TELLING, play
from bench.raters import CHEATS, half_a_year, raters
from fairness.page import as_html
from fairness.report import Report, as_json, examine
from fairness.rows import (
    Acceptance,
    Burden,
    Delivery,
    Exemption,
    Petition,
    Rows,
    Scored,
)


@pytest.fixture(scope="module")
def rows() -> Rows:
    return half_a_year(7)


@pytest.fixture(scope="module")
def report(rows: Rows) -> Report:
    return examine(rows)


def test_each_habit_is_found_and_no_honest_rater_is() -> None:
    """Twenty of the two hundred that `python -m bench.fairness` plays; seeded, so exact."""
    rates = play(20)
    assert {habit: (rates.found[habit], rates.raters[habit]) for habit in (*CHEATS, "honest")} == {
        "full": (20, 20),
        "copies": (20, 20),
        "bunches": (17, 20),
        "moves": (20, 20),
        "honest": (0, 240),
    }
    assert {
        habit: rates.large[habit] - rates.large_found[habit] for habit in CHEATS
    } == dict.fromkeys(CHEATS, 0)


@pytest.mark.parametrize("habit", CHEATS)
def test_a_finding_names_the_documents_behind_it(report: Report, habit: str) -> None:
    found = [
        one
        for one in report.findings
        if one.measure in TELLING[habit] and one.subject.startswith(habit)
    ]
    assert found
    for one in found:
        assert one.documents
        assert all(f"{habit}" in path for path in one.documents)
        assert one.documents == sorted(one.documents)
        assert one.p is not None
        assert one.p <= 0.05


def test_words_are_for_people_in_both_languages(report: Report) -> None:
    (moved,) = (one for one in report.findings if one.measure == "deadlines-moved-afterwards")
    assert "lùi hạn sau khi đã quá hạn" in moved.said.vi
    assert "overdue pieces of work after it had passed" in moved.said.en


def test_the_order_of_rows_does_not_matter(rows: Rows, report: Report) -> None:
    kinds = ("scored", "pieces", "acceptances", "exemptions", "deliveries")
    mixed: dict[str, Any] = {name: getattr(rows, name)[:] for name in kinds}
    for own in mixed.values():
        Random(1).shuffle(own)
    shuffled = Rows(**mixed, periods=rows.periods)
    again = examine(shuffled)
    assert as_json(again) == as_json(report)
    assert as_html(again, {}) == as_html(report, {})


def test_nothing_gives_an_empty_report() -> None:
    found = examine(Rows(periods=["2026-10"]))
    assert (found.findings, found.tests) == ([], 0)
    assert "Nothing beyond what may happen by chance" in as_html(found, {})
    assert json.loads(as_json(found))["periods"] == ["2026-10"]


def test_three_people_in_one_month_prove_nothing() -> None:
    """All three have what they gave themselves, and full marks; too few to say."""
    scored = [
        Scored(
            f"appraisals/2026-10_o{n}", "2026-10", f"o{n}", "u", "head", 1.0, 1.0, 100.0, same=True
        )
        for n in range(3)
    ]
    found = examine(Rows(periods=["2026-10"], scored=scored))
    assert found.findings == []
    assert any(line.value == 1.0 for one in found.measures for line in one.lines)


def test_where_everybody_has_everything_of_the_70_it_is_said(rows: Rows) -> None:
    flat = Rows(periods=rows.periods, scored=[replace(one, work=1.0) for one in rows.scored])
    (found,) = (one for one in examine(flat).findings if one.measure == "flat-70")
    assert found.subject == "*"
    assert "the other 30 points decide" in found.said.en


def test_totals_that_crowd_everywhere_are_found_without_any_peer_to_compare() -> None:
    scored = [
        Scored(
            f"appraisals/{n}", "2026-10", f"o{n}", "u", f"head{n % 9}", 0.9, 0.9, 90.0 + n % 5 / 10
        )
        for n in range(90)
    ]
    found = examine(Rows(periods=["2026-10"], scored=scored)).findings
    assert "* 90" in {one.subject for one in found if one.measure == "bunching"}


def test_own_work_accepted_is_a_fact_however_rare() -> None:
    accepted = [Acceptance("assignments/a/entries/ok", "an", "an", evidenced=True)]
    (found,) = examine(Rows(acceptances=accepted, names={"an": "Nguyễn Văn An"})).findings
    assert (found.measure, found.p, found.documents) == (
        "accepted-by-the-doer",
        None,
        ["assignments/a/entries/ok"],
    )
    assert found.said.en == "Nguyễn Văn An accepted own work 1 times."


def test_appeals_are_counted_and_those_not_answered_in_time_are_named() -> None:
    filed = [
        Petition("appeals/1", "an", upheld=True, in_time=True),
        Petition("appeals/2", "chi", upheld=False, in_time=False),
        Petition("appeals/3", "em", in_time=False),
        Petition("appeals/4", "em"),
    ]
    report = examine(Rows(petitions=filed))
    (measure,) = (one for one in report.measures if one.id == "appeals")
    assert {line.subject: (line.value, line.n) for line in measure.lines} == {
        "filed": (4.0, 4),
        "upheld": (1.0, 2),
        "late": (2.0, 4),
    }
    (found,) = report.findings
    assert found.documents == ["appeals/2", "appeals/3"]


def rates_of(kind: str, hits: dict[str, tuple[int, int]]) -> Rows:
    rows = Rows()
    for subject, (count, of) in hits.items():
        for n in range(of):
            path, hit = f"assignments/{subject}-{n}", n < count
            match kind:
                case "evidence":
                    rows.acceptances.append(Acceptance(path, subject, "x", evidenced=not hit))
                case "exemption":
                    rows.exemptions.append(Exemption(path, subject, "x", granted=hit))
                case "days":
                    rows.deliveries.append(Delivery(path, subject, last=hit))
    return rows


def a_score(path: str, rater: str, general: float, work: float, **more: Any) -> Scored:
    official = path.partition("/")[2]
    return Scored(path, "2026-10", official, "u", rater, general, work, **more)


@pytest.mark.parametrize(
    ("kind", "measure"),
    [
        ("evidence", "accepted-without-evidence"),
        ("exemption", "exemptions"),
        ("days", "last-days"),
    ],
)
def test_a_share_far_above_the_peers_is_found_and_one_below_is_not(kind: str, measure: str) -> None:
    peers = {f"p{n}": (4 + n % 3, 50) for n in range(8)}
    report = examine(rates_of(kind, {**peers, "far": (45, 50), "none": (0, 50)}))
    assert [(one.measure, one.subject) for one in report.findings] == [(measure, "far")]
    assert len(report.findings[0].documents) == 45
    alike = examine(rates_of(kind, peers))
    assert alike.findings == []


def test_a_lenient_rater_is_found_by_what_the_work_does_not_explain() -> None:
    """Better people have better work: that alone makes no rater lenient."""
    scored = []
    for place in range(10):
        work = 0.95 if place == 9 else 0.75 + 0.01 * (place % 3)
        for n in range(8):
            own = work + 0.01 * n
            general = 0.5 * own + 0.4 + (0.2 if place == 0 else 0.0)
            scored.append(a_score(f"appraisals/{place}-{n}", f"r{place}", general, own))
    found = [one for one in examine(Rows(scored=scored)).findings if one.measure == "leniency"]
    assert [one.subject for one in found] == ["r0"]
    assert "higher" in found[0].said.en


def test_a_heavy_burden_is_named_by_unit() -> None:
    burdens = [Burden("2026-10", f"o{n}", "busy", 150) for n in range(5)]
    burdens += [Burden("2026-10", f"q{n}", "quiet", 20) for n in range(5)]
    (found,) = examine(Rows(burdens=burdens)).findings
    assert (found.measure, found.subject) == ("burden", "busy")


def test_names_are_escaped_on_the_page() -> None:
    accepted = [Acceptance("a/<b>", "an", "an", evidenced=True)]
    names = {"an": "<script>x</script>"}
    page = as_html(examine(Rows(acceptances=accepted, names=names)), names)
    assert "<script>" not in page
    assert "a/&lt;b&gt;" in page


def test_honest_raters_differ_in_the_play() -> None:
    own = raters(Random(3))
    honest = [one for one in own if one.habit == "honest"]
    assert len({one.ability for one in honest}) == len(honest)
    assert min(one.people for one in honest) < 6 < max(one.people for one in honest)
