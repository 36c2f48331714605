"""`roviec simulate`: read what is asked, and print what another scheme would change."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from cli import say
from shared.errors import refuse
from shared.models.scheme import Scheme
from shared.models.scorecard import NodeScore
from shared.models.simulation import Change, Outcome, Quartiles, Simulation
from shared.usecases.schemes import SHIPPED, require_sound, shipped
from shared.vietnamese import RATINGS, STATES

LABELS = RATINGS | STATES


def given_scheme(text: str) -> str | Scheme:
    """A file's scheme, or the name of one: published or shipped."""
    return Scheme.model_validate_json(Path(text).read_text("utf-8-sig")) if _is_file(text) else text


def shipped_scheme(text: str) -> Scheme:
    """The same where there is no store to ask."""
    given = given_scheme(text)
    if isinstance(given, Scheme):
        require_sound(given)
        return given
    if given not in SHIPPED:
        known = ", ".join(sorted(SHIPPED))
        raise refuse(
            "missing", "scheme", f"{given} is no file and not shipped: {known}", "không có"
        )
    return shipped(given)


def altered(scheme: Scheme, settings: Sequence[str]) -> Scheme:
    """The scheme with some rules set: `penalties.per_late=50`; it gets a name of its own."""
    fields = scheme.model_dump(mode="json", exclude_none=True)
    for setting in settings:
        _set(fields, setting)
    if settings:
        fields["ref"] = f"{scheme.ref.partition('@')[0][:55]}-what-if@1"
    return Scheme.model_validate_json(json.dumps(fields))


def show(found: Simulation) -> None:
    """The table, then everybody who moves and why, then whose points change, then the spreads."""
    state = "" if found.state is None else f" ({found.state})"
    say.out.print(
        f"\nKỳ {found.period}{state}: {found.before} → {found.after}; "
        f"{found.officials} cán bộ, {found.assignments} việc",
        style="bold",
        soft_wrap=True,
    )
    for note in found.notes:
        say.out.print(f"  {note.vi}\n  {note.en}", soft_wrap=True)
    _print_table(found)
    movers = [one for one in found.changes if one.cause is not None]
    for one in movers:
        _print_mover(one)
    if not movers:
        say.out.print("Không ai đổi xếp loại. / Nobody's rating changes.")
    _print_points([one for one in found.changes if one.cause is None])
    _print_spreads(found)


def _is_file(text: str) -> bool:
    return text.endswith(".json") or Path(text).is_file()


def _set(fields: dict[str, object], setting: str) -> None:
    path, _, value = setting.partition("=")
    *above, last = path.split(".")
    place: object = fields
    for step in above:
        place = place.get(step) if isinstance(place, dict) else None
    if not isinstance(place, dict) or last not in place:
        raise refuse("invalid", "set", f"the scheme has no {path}", f"quy chế không có mục {path}")
    try:
        place[last] = json.loads(value)
    except ValueError as error:
        raise refuse("invalid", "set", f"{setting}: no JSON: {error}", "không phải JSON") from error


def _print_table(found: Simulation) -> None:
    table = _table("Trước / before", "Sau / after", right=("Số người / officials",))
    for cell in found.table:
        mark = "" if cell.before == cell.after else "  ←"
        table.add_row(LABELS[cell.before], LABELS[cell.after] + mark, str(cell.officials))
    say.out.print(table)


def _print_mover(one: Change) -> None:
    said = one.cause and one.cause.words
    say.out.print(
        f"{one.name} ({one.official}, {one.unit}): {_outcome(one.before)} → {_outcome(one.after)}",
        style="bold",
        soft_wrap=True,
    )
    if said:
        say.out.print(f"  vì {said.vi}\n  because {said.en}", soft_wrap=True)


def _outcome(one: Outcome) -> str:
    total = "" if one.total is None else f" {say.decimal(one.total)}"
    return f"{LABELS[one.label]}{total}"


def _print_points(others: Sequence[Change]) -> None:
    if not others:
        return
    say.out.print("\nĐiểm thay đổi, xếp loại không đổi / points change, the rating does not")
    table = _table("Cán bộ", "Xếp loại", "Phần / component", right=("Trước %", "Sau %"))
    for one in others:
        who, label = one.name, LABELS[one.after.label]
        for node in sorted(one.nodes_before.keys() | one.nodes_after.keys()):
            shares = [_share(nodes.get(node)) for nodes in (one.nodes_before, one.nodes_after)]
            table.add_row(who, label, node, *shares)
            who = label = ""
    say.out.print(table)


def _share(node: NodeScore | None) -> str:
    return say.decimal(None if node is None else node.share)


def _print_spreads(found: Simulation) -> None:
    headings = ("Số người", "Thấp nhất", "25 %", "Trung vị", "75 %", "Cao nhất")
    table = _table("Phân bố / distribution", "", right=headings)
    for spread in found.spreads:
        if spread.before or spread.after:
            table.add_row(spread.title.vi, "trước", *_quartiles(spread.before))
            table.add_row(spread.title.en, "sau", *_quartiles(spread.after))
    say.out.print(table)


def _quartiles(found: Quartiles | None) -> list[str]:
    if found is None:
        return ["–"] * 6
    amounts = (found.least, found.lower, found.median, found.upper, found.most)
    return [str(found.officials), *map(say.decimal, amounts)]


def _table(*left: str, right: Sequence[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in left:
        table.add_column(heading, no_wrap=True)
    for heading in right:
        table.add_column(heading, justify="right", no_wrap=True)
    return table
