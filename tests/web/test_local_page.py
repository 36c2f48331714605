"""The local page's files: nothing from elsewhere, every word in both languages."""

import re
from pathlib import Path

from infra.local.page.app import STATIC

SOURCES = [path for path in STATIC.iterdir() if path.suffix == ".js"]
STRINGS = STATIC / "strings.js"
ENTRY = re.compile(
    r'^  (\w+): \[\s*("(?:[^"\\]|\\.)*"),\s*("(?:[^"\\]|\\.)*"),?\s*\],$', re.MULTILINE
)


def strings() -> dict[str, tuple[str, str]]:
    return {key: (vi, en) for key, vi, en in ENTRY.findall(STRINGS.read_text("utf-8"))}


def code() -> str:
    return "\n".join(path.read_text("utf-8") for path in SOURCES if path != STRINGS)


def test_every_string_has_two_languages_with_the_same_blanks() -> None:
    text = STRINGS.read_text("utf-8")
    assert len(strings()) == len(re.findall(r"^  \w+: \[", text, re.MULTILINE)) > 100
    for key, (vietnamese, english) in strings().items():
        blanks = [set(re.findall(r"\{\w+\}", one)) for one in (vietnamese, english)]
        assert blanks[0] == blanks[1], key


def test_every_string_that_is_used_exists() -> None:
    used = set(re.findall(r'\bt\("(\w+)"', code()))
    assert used
    assert used <= strings().keys()


def test_every_string_is_used() -> None:
    """By its whole name somewhere, or by a template such as `state_${…}`."""
    source = code()
    prefixes = tuple(re.findall(r"\bt\(`(\w+_)\$\{", source))
    unused = [key for key in strings() if f'"{key}"' not in source and not key.startswith(prefixes)]
    assert unused == []


def test_code_has_no_words_of_its_own() -> None:
    letters = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
    spoken = [line for line in code().splitlines() if letters.search(line)]
    assert [line for line in spoken if "Rõ Việc" not in line] == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in STATIC.iterdir():
        addresses = set(re.findall(r"https?://[^\s\"'`)]+", path.read_text("utf-8")))
        assert addresses <= {"http://www.w3.org/2000/svg"}, path.name


def test_imports_are_files_of_the_page() -> None:
    for path in SOURCES:
        for name in re.findall(r'from "([^"]+)"', path.read_text("utf-8")):
            assert (STATIC / name.removeprefix("./")).is_file()
            assert Path(name).parts[0] == name.removeprefix("./")
