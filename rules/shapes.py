"""The shapes of client-written documents: rules functions from pydantic models.

What is read is pydantic's core schema, in which nothing of a model is hidden.
A kind of schema or a constraint that is not known here is an error that names
the field: what the rules do not check must not look checked.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

Schema = Mapping[str, Any]

MOST_EXPRESSIONS = 550
"""What a shape may take of the 1,000 expressions that the rules engine evaluates a
request; the rest is the policy's."""

TOKEN = re.compile(r"'[^']*'|&&|\|\||[=!<>]=|[<>!\[]|[A-Za-z0-9_]+")
WEIGHTS = {"&&": 2, "||": 2}
"""Expressions that a token stands for, as measured on the engine; all others are one."""

COMMON = frozenset({"type", "metadata", "ref"})
KNOWN: dict[str, frozenset[str]] = {
    "str": frozenset({"min_length", "pattern"}),
    "int": frozenset({"ge", "le"}),
    "bool": frozenset(),
    "literal": frozenset({"expected"}),
    "list": frozenset({"items_schema", "min_length", "max_length"}),
    "dict": frozenset({"keys_schema", "values_schema", "min_length", "max_length"}),
    "datetime": frozenset({"ge", "lt", "tz_constraint", "microseconds_precision"}),
    "nullable": frozenset({"schema"}),
    "default": frozenset({"schema", "default"}),
    "function-after": frozenset({"function", "schema"}),
    "model": frozenset({"cls", "config", "custom_init", "root_model", "schema"}),
    "model-fields": frozenset({"fields", "model_name", "computed_fields"}),
    "tagged-union": frozenset({"choices", "discriminator", "from_attributes", "strict"}),
}
"""What is understood of each kind of schema."""


class ShapeError(Exception):
    """A model that the rules language, or this generator, cannot express."""


def functions(models: Mapping[str, TypeAdapter[Any]]) -> str:
    """A rules function `isName(value)` for each model, and for what is inside it.

    That of a model with signed parts takes `before` as well, the document as it
    stood or `{}`: a part stands as before or is signed by this very request.
    Raises ShapeError.
    """
    shapes = _Shapes()
    for name, adapter in models.items():
        shapes.add(name, adapter.core_schema)
        if shapes.costs[f"is{name}"] > MOST_EXPRESSIONS:
            raise ShapeError(
                f"{name} takes {shapes.costs[f'is{name}']} expressions to check, "
                f"at most {MOST_EXPRESSIONS}: bound its lists lower"
            )
    return "\n".join(shapes.texts.values())


@dataclass
class _Shapes:
    """The functions so far: their text, and the expressions a call evaluates at most."""

    texts: dict[str, str] = field(default_factory=dict)
    costs: dict[str, int] = field(default_factory=dict)
    definitions: dict[str, Schema] = field(default_factory=dict)

    def add(self, name: str, schema: Schema) -> None:
        if schema["type"] == "definitions":
            self.definitions |= {one["ref"]: one for one in schema["definitions"]}
            schema = schema["schema"]
        match self._resolve(schema, name)["type"]:
            case "model":
                self._model(schema, name)
            case "tagged-union":
                self._union(schema, name)
            case _:
                self._define(f"is{name}", self._conditions(schema, "value", name))

    def _define(
        self, name: str, conditions: Iterable[str], *, let: str = "", before: bool = False
    ) -> None:
        body = "\n      && ".join(conditions)
        parameters = "value, before" if before else "value"
        bindings = f"      {let}\n" if let else ""
        self.texts[name] = (
            f"    function {name}({parameters}) {{\n{bindings}      return {body};\n    }}"
        )
        self.costs[name] = self._cost(let) + self._cost(body)

    def _cost(self, text: str) -> int:
        tokens = TOKEN.findall(text)
        return sum(WEIGHTS.get(token, 1) + self.costs.get(token, 0) for token in tokens)

    def _resolve(self, schema: Schema, where: str) -> Schema:
        """The schema itself; raises ShapeError unless all of it is understood."""
        if schema["type"] == "definition-ref":
            schema = self.definitions[schema["schema_ref"]]
        kind = schema["type"]
        if kind not in KNOWN:
            raise ShapeError(f"{where}: the rules have no words for {kind}")
        unknown = schema.keys() - KNOWN[kind] - COMMON
        if unknown:
            raise ShapeError(f"{where}: the rules cannot check {', '.join(sorted(unknown))}")
        return schema

    def _conditions(self, schema: Schema, value: str, where: str) -> list[str]:
        """What must hold for `value` to be what the schema accepts."""
        schema = self._resolve(schema, where)
        match schema["type"]:
            case "str":
                conditions = list(_string(schema, value))
            case "int":
                conditions = list(_integer(schema, value, where))
            case "literal" | "bool":
                conditions = [_choice(schema, value)]
            case "datetime":
                conditions = _server_time(schema, value, where)
            case "function-after":
                conditions = self._short(schema, value, where)
            case "list":
                conditions = self._list(schema, value, where)
            case "dict":
                conditions = [self._dict(schema, value, where)]
            case "model":
                conditions = [f"{self._model(schema, where)}({value})"]
            case "tagged-union":
                conditions = [f"{self._union(schema, where)}({value})"]
            case kind:
                raise ShapeError(f"{where}: {kind} is not understood here")
        return conditions

    def _short(self, schema: Schema, value: str, where: str) -> list[str]:
        most = schema.get("metadata", {}).get("max_bytes")
        if most is None:
            raise ShapeError(f"{where}: a validator written in Python cannot be checked")
        return [
            *self._conditions(schema["schema"], value, where),
            f"{value}.toUtf8().size() <= {most}",
        ]

    def _list(self, schema: Schema, value: str, where: str) -> list[str]:
        """Item by item: the language has no loops."""
        items = [
            self._conditions(schema["items_schema"], f"{value}[{index}]", f"{where}[{index}]")
            for index in range(_most(schema, where))
        ]
        size = f"{value}.size()"
        return [f"{value} is list", *_sized(schema, size), *_guarded(schema, size, items)]

    def _dict(self, schema: Schema, value: str, where: str) -> str:
        """A function of its own, which lists keys and values once."""
        name = "is" + "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+", where))
        items = [
            self._conditions(schema["values_schema"], f"values[{index}]", where)
            for index in range(_most(schema, where))
        ]
        keys = _guarded(schema, "size", [self._keys(schema, where)])
        conditions = [*_sized(schema, "size"), *keys, *_guarded(schema, "size", items)]
        self._define(
            name, conditions, let="let values = value.values();\n      let size = values.size();"
        )
        return f"{value} is map && {name}({value})"

    def _keys(self, schema: Schema, where: str) -> list[str]:
        """All at once, since each by itself is dear: joined by spaces, which none may hold."""
        key = self._resolve(schema["keys_schema"], f"{where} key")
        pattern = key.get("pattern", " ")
        whole = pattern.startswith("^") and pattern.endswith("$") and " " not in pattern
        if key.keys() - COMMON != {"pattern"} or not whole:
            raise ShapeError(f"{where} key: needs a pattern of the whole without spaces, no more")
        one, joined = _whole(pattern), "value.keys().join(' ')"
        return [
            f"{joined}.matches('{one}(?: {one})*')",
            f"{joined}.split(' ').size() == size",
        ]

    def _union(self, schema: Schema, where: str) -> str:
        """One model of several; each is told by its discriminator, which it checks first."""
        name = f"is{where}"
        kinds = [self._model(choice, where) for choice in schema["choices"].values()]
        body = "\n        || ".join(f"{kind}(value)" for kind in kinds)
        self._define(name, [f"({body})"])
        refusals = sum(self._cost(f"{schema['discriminator']} == '' && || value .") for _ in kinds)
        self.costs[name] = refusals + max(self.costs[kind] for kind in kinds) + len(kinds)
        return name

    def _model(self, schema: Schema, where: str) -> str:
        """The name of the model's function, which is defined when first needed."""
        model = self._resolve(schema, where)
        if (
            model["config"].get("extra_fields_behavior") != "forbid"
            or not model["config"]["strict"]
        ):
            raise ShapeError(f"{where}: unknown fields must be forbidden, and types strict")
        name = f"is{model['cls'].__name__}"
        if name not in self.texts:
            inner = self._resolve(model["schema"], where)
            fields = {key: one["schema"] for key, one in inner["fields"].items()}
            parts = [one for one in map(_unwrapped, fields.values()) if self._is_signed(one)]
            self._define(name, self._fields(fields, name[2:]), before=bool(parts))
            self.costs[name] -= self._all_but_one(parts, where)
        return name

    def _all_but_one(self, parts: list[Schema], where: str) -> int:
        """What the signed parts cost beyond the dearest: a request signs one of them."""
        costs = sorted(self.costs[self._model(part, where)] for part in parts)
        return sum(costs[:-1])

    def _fields(self, fields: Mapping[str, Schema], model: str) -> Iterator[str]:
        literals = [
            key for key, schema in fields.items() if _unwrapped(schema)["type"] == "literal"
        ]
        others = [key for key in fields if key not in literals]
        required = [key for key in others if fields[key]["type"] != "default"]
        yield "value is map"
        for key in literals:
            yield from self._conditions(_unwrapped(fields[key]), f"value.{key}", f"{model}.{key}")
        yield f"value.keys().hasAll({_quoted(literals + required)})"
        yield f"value.keys().hasOnly({_quoted(fields)})"
        for key in others:
            yield from self._field(fields[key], key, f"{model}.{key}")

    def _field(self, schema: Schema, key: str, where: str) -> list[str]:
        """An absent value is an absent key, or null where the model takes None."""
        if schema["type"] != "default":
            return self._conditions(schema, f"value.{key}", where)
        inner = self._resolve(schema, where)["schema"]
        content = self._resolve(inner, where)["schema"] if inner["type"] == "nullable" else inner
        check = _joined(self._conditions(content, f"value.{key}", where))
        if content is inner:
            return [f"(!('{key}' in value) || {check})"]
        standing = f"before.get('{key}', null)" if self._is_signed(content) else "null"
        return [f"(value.get('{key}', null) == {standing} || {check})"]

    def _is_signed(self, schema: Schema) -> bool:
        """Whether it is a model that states the time of its own writing."""
        if schema["type"] == "definition-ref":
            schema = self.definitions[schema["schema_ref"]]
        if schema["type"] != "model":
            return False
        fields = schema["schema"]["fields"].values()
        return any(_of_request(one["schema"]) == "time" for one in fields)


def _unwrapped(schema: Schema) -> Schema:
    """What a field holds when it holds something."""
    while schema["type"] in ("default", "nullable"):
        schema = schema["schema"]
    return schema


def _of_request(schema: Schema) -> str | None:
    value: str | None = schema.get("metadata", {}).get("of_request")
    return value


def _string(schema: Schema, value: str) -> Iterator[str]:
    yield f"{value} is string"
    if "min_length" in schema:
        yield f"{value}.matches('(?s:.{{{schema['min_length']},}})')"
    if "pattern" in schema:
        yield f"{value}.matches('{_whole(schema['pattern'])}')"
    if _of_request(schema) == "caller":
        yield f"{value} == request.auth.uid"


def _whole(pattern: str) -> str:
    """The pattern as `matches` wants it: of the whole string, which a model need not cover."""
    if not pattern.startswith("^"):
        pattern = f"(?s:.*){pattern}"
    if not pattern.endswith("$"):
        pattern = f"{pattern}(?s:.*)"
    return pattern.removeprefix("^").removesuffix("$").replace("\\", "\\\\")


def _choice(schema: Schema, value: str) -> str:
    """One of the words, or true or false."""
    words = schema.get("expected")
    return f"{value} is bool" if words is None else f"{value} in {_quoted(words)}"


def _integer(schema: Schema, value: str, where: str) -> Iterator[str]:
    if not {"ge", "le"} <= schema.keys():
        raise ShapeError(f"{where}: an integer needs ge and le")
    yield f"{value} is int"
    yield f"{value} >= {schema['ge']}"
    yield f"{value} <= {schema['le']}"


def _server_time(schema: Schema, value: str, where: str) -> list[str]:
    if _of_request(schema) != "time":
        raise ShapeError(f"{where}: a client cannot state a time, only carry the server's")
    return [f"{value} == request.time"]


def _most(schema: Schema, where: str) -> int:
    if "max_length" not in schema:
        raise ShapeError(f"{where}: needs max_length")
    most: int = schema["max_length"]
    return most


def _sized(schema: Schema, size: str) -> Iterator[str]:
    if schema.get("min_length", 0) > 0:
        yield f"{size} >= {schema['min_length']}"
    yield f"{size} <= {schema['max_length']}"


def _guarded(schema: Schema, size: str, items: Iterable[list[str]]) -> Iterator[str]:
    """Each item's conditions, where there is such an item."""
    for index, conditions in enumerate(items):
        if index < schema.get("min_length", 0):
            yield from conditions
        else:
            yield f"({size} <= {index} || {_joined(conditions)})"


def _joined(conditions: list[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"({' && '.join(conditions)})"


def _quoted(names: Iterable[str]) -> str:
    return "[" + ", ".join(f"'{name}'" for name in names) + "]"
