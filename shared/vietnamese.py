"""Vietnamese as readers expect it: the order of names, numbers, dates, what states are called."""

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TIME_ZONE = "Asia/Ho_Chi_Minh"
"""The one of the whole country."""
TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Grave, hook, tilde, acute, dot below: the order of dictionaries; no tone comes first."""

RATINGS = {
    "excellent": "Hoàn thành xuất sắc nhiệm vụ",
    "good": "Hoàn thành tốt nhiệm vụ",
    "completed": "Hoàn thành nhiệm vụ",
    "not_completed": "Không hoàn thành nhiệm vụ",
}
STATES = {
    "rated": "Đã xếp loại",
    "not_assessed": "Chưa chấm tiêu chí chung",
    "insufficient_data": "Chưa đủ dữ liệu",
    "on_leave": "Nghỉ suốt kỳ",
}


def number(value: int, places: int = 0) -> str:
    """A whole number of the last of `places` as it is read: 1.234,56."""
    whole, part = divmod(abs(value), 10**places)
    sign, grouped = "-" if value < 0 else "", f"{whole:,}".replace(",", ".")
    return f"{sign}{grouped},{part:0{places}d}" if places else f"{sign}{grouped}"


def day(moment: datetime, time_zone: str = TIME_ZONE) -> str:
    """The date on the clocks of that zone, 05/11/2026."""
    return moment.astimezone(ZoneInfo(time_zone)).strftime("%d/%m/%Y")


def period_name(period: str) -> str:
    """`tháng 10 năm 2026`, `quý IV năm 2026` or `năm 2026`."""
    year, _, part = period.partition("-")
    if not part:
        return f"năm {year}"
    quarters = {"Q1": "quý I", "Q2": "quý II", "Q3": "quý III", "Q4": "quý IV"}
    return f"{quarters.get(part) or f'tháng {int(part)}'} năm {year}"


def name_key(name: str) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Sort key of a person's name: the given name, which comes last, then the rest.

    Letters decide first and tones only between equal letters, word by word.
    """
    words = unicodedata.normalize("NFC", name).lower().split()
    ordered = [*words[-1:], *words[:-1]]
    return [_letters(word) for word in ordered], [_tones(word) for word in ordered]


def _letters(word: str) -> tuple[int, ...]:
    return tuple(ALPHABET.find(base) if base in ALPHABET else ord(base) for base in _bases(word))


def _bases(word: str) -> list[str]:
    return [
        unicodedata.normalize(
            "NFC", "".join(c for c in unicodedata.normalize("NFD", char) if c not in TONES)
        )
        for char in word
    ]


def _tones(word: str) -> tuple[int, ...]:
    return tuple(
        max((TONES.find(mark) + 1 for mark in unicodedata.normalize("NFD", char)), default=0)
        for char in word
    )
