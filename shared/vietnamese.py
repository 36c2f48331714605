"""Vietnamese as readers expect it: the order of names."""

import unicodedata

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Grave, hook, tilde, acute, dot below: the order of dictionaries; no tone comes first."""


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
