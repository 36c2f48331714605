"""docs/openapi.json: what may be called and answered, made from the contracts and the models.

`python -m infra.openapi` (or `make openapi`) writes it; a test fails when it is stale.
"""

import json
from collections import defaultdict
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from functions import problem
from functions.http import APP_CHECK_HEADER, JSON, KEY, Contract
from functions.problem import STATUS, Problem, ProblemCode
from infra.local.triggers import CALLED

PATH = Path(__file__).parents[1] / "docs" / "openapi.json"
REF = "#/components/schemas/"
COMMON: tuple[ProblemCode, ...] = (
    "invalid",
    "unauthenticated",
    "forbidden",
    "too-large",
    "too-many",
    "internal",
    "contention",
)
"""What every entry point may answer; beside these, what its contract refuses."""

PERSON: dict[str, list[str]] = {"person": []}
SYSTEM: dict[str, list[str]] = {"system": [], "asSystem": []}
SECURITY = {
    "person": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A Firebase ID token of a registered official.",
    },
    "system": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Google's OIDC token of a service account that is a trusted system.",
    },
    "asSystem": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Caller",
        "description": "`system`, beside a trusted system's token.",
    },
}
TEXT = {"type": "string"}
HEADERS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
"""The header that always comes with a status."""

JsonObject = dict[str, Any]


def document() -> JsonObject:
    """The OpenAPI 3.1 description of everything that people and other systems call."""
    paths = {f"/{name}": _path(name) for name in CALLED}
    schemas, responses = _schemas()[1], dict(sorted(_problems().items()))
    said = json.dumps([paths, responses, schemas])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rõ Việc",
            "version": "1",
            "description": "Errors are problem+json; their codes are listed in docs/problems.md.",
        },
        "paths": paths,
        "components": {
            # Some stand whole where they are used, and nothing refers to them.
            "schemas": {one: schemas[one] for one in schemas if f'"{REF}{one}"' in said},
            "responses": responses,
            "securitySchemes": SECURITY,
        },
    }


def text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def contract_of(name: str) -> Contract[Any]:
    contract: Contract[Any] = import_module(f"functions.{name}.main").CONTRACT
    return contract


class _Schema(GenerateJsonSchema):
    """Pydantic's, without a title for each field, with the bounds of times and of keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002
        return False

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Keys that are no ids are refused, which `patternProperties` alone does not say."""
        made = super().dict_schema(schema)
        return made | ({"additionalProperties": False} if "patternProperties" in made else {})

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> JsonSchemaValue:
        """JSON Schema has no bounds for times of its own; these are Ajv's names for them."""
        names = {"ge": "formatMinimum", "lt": "formatExclusiveMaximum"}
        bounds = {to: schema[key].isoformat() for key, to in names.items() if key in schema}  # type: ignore[literal-required]
        return super().datetime_schema(schema) | bounds


@cache
def _schemas() -> tuple[JsonObject, JsonObject]:
    """The schemas of what goes in and out, by a key of ours, and what they refer to."""
    inputs: list[tuple[str, Any, TypeAdapter[Any]]] = [
        ("problem", "serialization", TypeAdapter(Problem)),
        ("key", "validation", KEY),
    ]
    for name in CALLED:
        contract = contract_of(name)
        inputs.append((f"{name} request", "validation", contract.request))
        for media, answer in contract.answers.items():
            inputs.append((f"{name} {media}", "serialization", TypeAdapter(answer)))
    found, defined = TypeAdapter.json_schemas(
        inputs, ref_template=REF + "{model}", schema_generator=_Schema
    )
    return {key: schema for (key, _), schema in found.items()}, defined["$defs"]


def _path(name: str) -> JsonObject:
    contract = contract_of(name)
    summary, _, description = (import_module(f"functions.{name}.main").__doc__ or "").partition(
        "\n"
    )
    problems = {
        str(status): {"$ref": f"#/components/responses/{_name(codes)}"}
        for status, codes in _refusals(contract).items()
    }
    operation = {
        "operationId": name,
        "summary": summary.partition(": ")[2].rstrip("."),
        "description": description.strip(),
        "security": [PERSON, SYSTEM] if contract.systems else [PERSON],
        "parameters": _parameters(name, contract),
        **_body(name, contract),
        "responses": {"200": _success(name, contract), **problems},
    }
    return {contract.method.lower(): operation}


def _parameters(name: str, contract: Contract[Any]) -> list[JsonObject]:
    app_check = _header(APP_CHECK_HEADER, TEXT, "Needed from people where App Check is enforced.")
    key = _header(
        "Idempotency-Key",
        _schemas()[0]["key"],
        "The same key and request again give the same answer and act once.",
        required=True,
    )
    return [
        *(_query(name) if contract.source == "query" else []),
        *([key] if contract.keyed else []),
        app_check,
    ]


def _header(name: str, schema: JsonObject, why: str, *, required: bool = False) -> JsonObject:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": why,
        "schema": schema,
    }


def _query(name: str) -> list[JsonObject]:
    model = _plain(name)
    return [
        {"name": key, "in": "query", "required": key in model.get("required", []), "schema": schema}
        for key, schema in model["properties"].items()
    ]


def _body(name: str, contract: Contract[Any]) -> JsonObject:
    if contract.source == "query":
        return {}
    if contract.source == "form":
        content = {"multipart/form-data": {"schema": _plain(name)}}
    else:
        content = {JSON: {"schema": _schemas()[0][f"{name} request"]}}
    return {"requestBody": {"required": True, "content": content}}


def _plain(name: str) -> JsonObject:
    """The model of a query or form, in which nothing can be null."""
    schema = _schemas()[0][f"{name} request"]
    model = _schemas()[1][schema["$ref"].rpartition("/")[2]]
    return {
        **model,
        "properties": {key: _not_null(one) for key, one in model["properties"].items()},
    }


def _not_null(schema: JsonObject) -> JsonObject:
    if "anyOf" not in schema:
        return schema
    (kept,) = (one for one in schema["anyOf"] if one != {"type": "null"})
    return dict(kept)


def _success(name: str, contract: Contract[Any]) -> JsonObject:
    content = {
        media.partition(";")[0]: {"schema": _schemas()[0][f"{name} {media}"]}
        for media in contract.answers
    }
    files = bytes in contract.answers.values()
    return {
        "description": "A file." if files else "Done.",
        **_headers("Content-Disposition" if files else None),
        "content": content,
    }


def _problems() -> JsonObject:
    """Every group of problems that share a status in some contract, by its name."""
    groups = {codes for name in CALLED for codes in _refusals(contract_of(name)).values()}
    return {_name(codes): _problem(codes) for codes in groups}


def _refusals(contract: Contract[Any]) -> dict[int, tuple[ProblemCode, ...]]:
    """The codes that a contract may answer, by their status."""
    by_status: dict[int, tuple[ProblemCode, ...]] = defaultdict(tuple)
    for code in (*COMMON, *contract.refuses):
        by_status[STATUS[code]] += (code,)
    return dict(sorted(by_status.items()))


def _name(codes: tuple[ProblemCode, ...]) -> str:
    return "-or-".join(codes)


def _problem(codes: tuple[ProblemCode, ...]) -> JsonObject:
    status = STATUS[codes[0]]
    schema = {
        "allOf": [_schemas()[0]["problem"]],
        "properties": {"title": {"enum": list(codes)}, "status": {"const": status}},
    }
    return {
        "description": ", ".join(codes),
        **_headers(HEADERS.get(status)),
        "content": {problem.MEDIA_TYPE: {"schema": schema}},
    }


def _headers(name: str | None) -> JsonObject:
    return {"headers": {name: {"required": True, "schema": TEXT}}} if name else {}


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
