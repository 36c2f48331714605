"""Documents as clients might write them: what the models describe, and what is nearly that.

Read from pydantic's core schema by other code than the rules are generated with.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from google.cloud.firestore import GeoPoint
from hypothesis import strategies as st
from pydantic import TypeAdapter

Schema = Mapping[str, Any]
Fields = dict[str, Any]


class Token(Enum):
    """What only the request knows."""

    CALLER = "caller"
    NOW = "time"


PAST = datetime(2026, 1, 1, tzinfo=UTC)
FUTURE = datetime(2099, 1, 1, tzinfo=UTC)
DEEP: Any = 1
for _ in range(15):
    DEEP = {"x": DEEP}
LONG_LIST = ["x"] * 300

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        1,
        2**53 + 1,
        2**63 - 1,
        -(2**63),
        2**63,
        10**30,
        0.0,
        5.0,
        -0.5,
        math.nan,
        math.inf,
        "",
        " ",
        "0",
        "\x00\x00\x00",
        "ａｂｃ",  # full width
        "e\u0301" * 3,  # composed of two
        "\u202eabc\u202c",  # written backwards
        "\ufeffabc",
        "\u00a0\u00a0\u00a0",  # spaces that are none of ASCII's
        "\u2028\u2028\u2028",
        "😀😀😀",
        "😀",
        b"abc",
        PAST,
        FUTURE,
        GeoPoint(10.0, 106.0),
        [],
        ["x"],
        [1],
        [["x"]],
        LONG_LIST,
        {},
        {"x": 1},
        {"": 1},
        {"x.y": 1, "`": 2},
        DEEP,
        Token.NOW,
        Token.CALLER,
    ]
)
"""A value of any kind, most of them wrong wherever they stand."""

LETTERS = st.sampled_from(["a", "ệ", "😀", "\n", "\x00", "'", "\\", "{", " "])
KEYS = st.sampled_from(["x", "score", "Kind", "kind ", "__proto__", "é"])
ASCII = st.characters(max_codepoint=126)

Mistake = tuple[str, st.SearchStrategy[Any]]
"""A field, and what it should not hold."""


def documents(adapter: TypeAdapter[Any]) -> list[st.SearchStrategy[Fields]]:
    """Documents of a model or of the models of a union, one strategy for each way to be wrong.

    Whether a mistake is one is for the judges to say. Drawn from evenly, no way is rare.
    """
    schemas = _Schemas(adapter.core_schema)
    return [way for model in schemas.models() for way in _ways(schemas, model)]


def _ways(schemas: "_Schemas", model: Schema) -> Iterator[st.SearchStrategy[Fields]]:
    good = schemas.fields(model)
    names = st.sampled_from(sorted(schemas.names_of(model)))
    others = st.sampled_from(sorted(schemas.names()))
    yield good
    for key, bad in schemas.mistakes(model):
        yield st.builds(_with, good, st.just(key), bad)
    yield st.builds(_with, good, KEYS, ODD | st.just(1))
    yield st.builds(_with, good, others, ODD | st.just(1))
    yield st.builds(_without, good, names)
    yield st.builds(dict.__or__, good, st.dictionaries(names | KEYS, ODD, max_size=6))


def _with(fields: Fields, key: str, value: object) -> Fields:
    return {**fields, key: value}


def _without(fields: Fields, key: str) -> Fields:
    return {name: value for name, value in fields.items() if name != key}


class _Schemas:
    def __init__(self, schema: Schema) -> None:
        self._definitions = {one["ref"]: one for one in schema.get("definitions", [])}
        self._root = schema["schema"] if schema["type"] == "definitions" else schema

    def models(self) -> list[Schema]:
        return list(self._root["choices"].values()) if "choices" in self._root else [self._root]

    def names_of(self, model: Schema) -> set[str]:
        return set(self._plain(model)["schema"]["fields"])

    def names(self) -> set[str]:
        return set().union(*map(self.names_of, self.models()))

    def fields(self, model: Schema) -> st.SearchStrategy[Fields]:
        """All the model's fields, those with a default now and then left out."""
        fields: Schema = self._plain(model)["schema"]["fields"]
        values = {key: self._good(one["schema"]) for key, one in fields.items()}
        optional = {key for key, one in fields.items() if _is_optional(one["schema"])}
        return st.fixed_dictionaries(
            {key: value for key, value in values.items() if key not in optional},
            optional={key: values[key] for key in optional},
        )

    def mistakes(self, model: Schema) -> Iterator[Mistake]:
        """Each field with something just beyond what it may hold, and with anything at all."""
        for key, one in self._plain(model)["schema"]["fields"].items():
            for bad in self._bad(one["schema"]):
                yield key, bad
            yield key, ODD

    def _plain(self, schema: Schema) -> Schema:
        return self._definitions[schema["schema_ref"]] if "schema_ref" in schema else schema

    def _good(self, schema: Schema) -> st.SearchStrategy[Any]:
        schema = self._plain(schema)
        if "of_request" in schema.get("metadata", {}):
            return st.just(Token(schema["metadata"]["of_request"]))
        makers: dict[str, Callable[[Schema], st.SearchStrategy[Any]]] = {
            "default": lambda one: self._good(one["schema"]),
            "nullable": lambda one: self._good(one["schema"]) | st.none(),
            "literal": lambda one: st.sampled_from(one["expected"]),
            "bool": lambda _: st.booleans(),
            "int": lambda one: st.integers(one["ge"], one["le"]) | _borders(one),
            "str": lambda one: st.from_regex(_whole(one["pattern"]), alphabet=ASCII),
            "function-after": lambda one: _texts(one["schema"], one["metadata"]["max_bytes"]),
            "list": self._good_list,
            "dict": self._good_dict,
            "model": self.fields,
        }
        return makers[schema["type"]](schema)

    def _good_list(self, schema: Schema) -> st.SearchStrategy[Any]:
        item, most = self._good(schema["items_schema"]), schema["max_length"]
        return st.lists(item, max_size=most) | st.lists(item, min_size=most, max_size=most)

    def _good_dict(self, schema: Schema) -> st.SearchStrategy[Any]:
        pairs = self._good(schema["keys_schema"]), self._good(schema["values_schema"])
        least, most = schema.get("min_length", 0), schema["max_length"]
        full = st.dictionaries(*pairs, min_size=most, max_size=most)
        return st.dictionaries(*pairs, min_size=least, max_size=most) | full

    def _bad(self, schema: Schema) -> list[st.SearchStrategy[Any]]:
        """What is just too much, too little or too different, each by itself."""
        schema = self._plain(schema)
        if "of_request" in schema.get("metadata", {}):
            return [
                st.sampled_from([PAST, FUTURE, "binh", "giam-doc", "", Token.NOW, Token.CALLER])
            ]
        match schema["type"]:
            case "default" | "nullable":
                return self._bad(schema["schema"])
            case "literal" | "bool":
                return [st.sampled_from(["", "assigned", "cancelled", "Progress", "true", 0, 1])]
            case "int":
                near = [schema["ge"] - 1, schema["le"] + 1]
                return [st.just(one) for one in near] + [st.just(float(schema["ge"] + 1))]
            case "str":
                good = self._good(schema)
                endings = st.sampled_from(["\n", "_", "/", "é", " ", "x" * 200])
                return [
                    st.builds(lambda text, end: text + end, good, endings),
                    st.sampled_from(["", "x" * 128, "x" * 129, "x" * 200, "x" * 201]),
                ]
            case "function-after":
                most = schema["metadata"]["max_bytes"]
                return [st.just("a" * (most + 1)), _long(most), st.text(max_size=2)]
            case "list":
                return self._bad_list(schema)
            case "dict":
                return self._bad_dict(schema)
            case "model":
                return list(_ways(self, self._plain(schema)))
        raise NotImplementedError(schema["type"])

    def _bad_list(self, schema: Schema) -> list[st.SearchStrategy[Any]]:
        item, most = self._good(schema["items_schema"]), schema["max_length"]
        full = st.lists(item, min_size=most, max_size=most)
        return [
            st.lists(item, min_size=most + 1, max_size=most + 1),
            *(
                st.builds(_with_one, full, bad, INDEX)
                for bad in [*self._bad(schema["items_schema"]), ODD]
            ),
        ]

    def _bad_dict(self, schema: Schema) -> list[st.SearchStrategy[Any]]:
        keys, values = self._good(schema["keys_schema"]), self._good(schema["values_schema"])
        most = schema["max_length"]
        full = st.dictionaries(keys, values, min_size=most, max_size=most)
        bad_keys = st.one_of(self._bad(schema["keys_schema"]))
        return [
            st.just({}),
            st.dictionaries(keys, values, min_size=most + 1, max_size=most + 1),
            st.builds(_with, st.just({}), bad_keys, values),
            *(
                st.builds(_with_one_value, full, bad, INDEX)
                for bad in [*self._bad(schema["values_schema"]), ODD]
            ),
        ]


def _borders(schema: Schema) -> st.SearchStrategy[int]:
    return st.sampled_from([schema["ge"], schema["le"]])


INDEX = st.integers(0, 10)


def _is_optional(schema: Schema) -> bool:
    return bool(schema["type"] == "default" and schema["schema"]["type"] != "literal")


def _with_one(items: list[Any], bad: object, index: int) -> list[Any]:
    return [bad if n == index % len(items) else item for n, item in enumerate(items)]


def _with_one_value(items: dict[str, Any], bad: object, index: int) -> dict[str, Any]:
    chosen = sorted(items)[index % len(items)]
    return {**items, chosen: bad}


def _whole(pattern: str) -> str:
    return pattern.removesuffix("$") + r"\Z"


def _texts(schema: Schema, most: int) -> st.SearchStrategy[str]:
    """Any text, and one letter as often as fits."""
    least = 3 if "pattern" in schema else schema.get("min_length", 0)
    letters = st.sampled_from(["a", "ệ", "😀", "\x00", "'", "\\", "{"])
    full = st.builds(lambda letter: letter * (most // len(letter.encode())), letters)
    return st.text(letters, min_size=least, max_size=20) | full


def _long(most: int) -> st.SearchStrategy[str]:
    """About as long as may be, counted in bytes, in units and in letters."""
    sizes = st.sampled_from([most // 4 + 1, most // 3 + 1, most // 2 + 1, most, most + 1])
    return st.builds(lambda letter, size: letter * size, LETTERS, sizes)
