"""Writes the typed part of the client from the description of the API.

    .venv/bin/python clients/python/generate.py
    python clients/python/generate.py http://localhost:8000/api/v1/schema/

Without an address, of the program beside it; the address may be a file, too. What is written is kept in the repository,
and a test holds that it is up to date.
"""

from __future__ import annotations

import importlib
import json
import keyword
import os
import re
import sys
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent / "records_tracker"
METHODS = ("get", "post", "put", "patch", "delete")
HEAD = '"""{says} Written by generate.py; not by hand."""\n\nfrom __future__ import annotations\n\n'
PLAIN = {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}
SPARSE = "Sparse"


def files(described: dict[str, Any]) -> dict[str, str]:
    """The text of each file, by its name."""
    shapes = described["components"]["schemas"]
    return {"shapes.py": _shapes(shapes), "operations.py": _operations(described["paths"], shapes)}


# What is sent and told ---------------------------------------------------------------------------------------------


def _shapes(shapes: dict[str, Any]) -> str:
    out = HEAD.format(says="What is sent and told, as types.")
    out += "from typing import Any, Literal, NotRequired, TypedDict\n"
    for name in sorted(shapes):
        if name.endswith(SPARSE) or "properties" not in shapes[name]:
            continue
        out += f"\n\nclass {name}(TypedDict):\n"
        told = _words(shapes[name].get("description", ""))
        if told:
            out += f'    """{told}"""\n\n'
        needed = set(shapes[name].get("required", ()))
        for field, schema in shapes[name]["properties"].items():
            if not field.isidentifier() or keyword.iskeyword(field):
                raise ValueError(f"{name}.{field} is no name of a field in Python")
            kind = type_of(schema, shapes)
            out += f"    {field}: {kind if field in needed else f'NotRequired[{kind}]'}\n"
        if not shapes[name]["properties"]:
            out += "    ...\n"
    return out


def type_of(schema: dict[str, Any], shapes: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        # A list is walked: of its two envelopes, that one.
        return name if "properties" in shapes[name] else type_of(shapes[name], shapes)
    if "enum" in schema:
        return f"Literal[{', '.join(repr(one) for one in schema['enum'])}]"
    for among in ("allOf", "anyOf", "oneOf"):
        if among in schema:
            kinds = [type_of(one, shapes) for one in schema[among] if SPARSE not in one.get("$ref", "")]
            if all(kind.endswith(("Page", "Numbered")) for kind in kinds):
                kinds = kinds[:1]
            return " | ".join(dict.fromkeys(kinds))
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(dict.fromkeys(_plain(kind, schema, shapes) for kind in kinds)) or "Any"


def _plain(kind: str, schema: dict[str, Any], shapes: dict[str, Any]) -> str:
    if kind == "array":
        return f"list[{type_of(schema.get('items', {}), shapes)}]"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"dict[str, {type_of(inner, shapes) if isinstance(inner, dict) else 'Any'}]"
    if kind == "string":
        return "bytes" if schema.get("format") == "binary" else "str"
    return PLAIN[kind]


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("\\", "\\\\").replace('"', "'").strip()


# What is asked -----------------------------------------------------------------------------------------------------


def _operations(paths: dict[str, Any], shapes: dict[str, Any]) -> str:
    body = "".join(
        _method(path, method, methods[method], shapes)
        for path, methods in sorted(paths.items())
        for method in METHODS
        if method in methods
    )
    used = sorted(set(re.findall(r"\bshapes\.(\w+)", body)))
    out = HEAD.format(says="Every operation of the API, as a method.")
    out += "from collections.abc import Iterator\nfrom typing import Any, Literal\n\n"
    out += "from . import shapes\nfrom .transport import Transport\n\n\n"
    out += "class Operations(Transport):\n"
    assert used, "operations that tell nothing"
    return out + body.rstrip("\n") + "\n"


def _method(path: str, method: str, told: dict[str, Any], shapes: dict[str, Any]) -> str:
    name = _name(told["operationId"])
    within = [_name(one) for one in re.findall(r"{(\w+)}", path)]
    asked = [one for one in told.get("parameters", ()) if one["in"] == "query" and one["name"] != "page"]
    sent = next(iter(told.get("requestBody", {}).get("content", {}).items()), None)
    answer, row, binary = _answer(told, shapes)
    given = ["self", *(f"{one}: str" for one in within)]
    if sent:
        given.append(f"body: {_qualified(sent[1]['schema'], shapes)}")
    named = [
        f"{_name(one['name'])}: {_asked(one, shapes)}"
        for one in sorted(asked, key=lambda one: not one.get("required"))
    ]
    if method != "get":
        named.append("idempotency_key: str | None = None")
    where = re.sub(r"{(\w+)}", lambda one: "{self.quoted(" + _name(one[1]) + ")}", path)
    query = "{" + ", ".join(f"{one['name']!r}: {_name(one['name'])}" for one in asked) + "}" if asked else "None"
    call = [repr(method.upper()), f"f{where!r}" if within else repr(where)]
    if asked:
        call.append(f"query={query}")
    if sent:
        call.append("form=body" if sent[0] == "multipart/form-data" else "body=body")
    if method != "get":
        call.append("key=idempotency_key")
    if binary:
        call.append("binary=True")
    signature = ", ".join([*given, *(["*", *named] if named else [])])
    says = _words(told["summary"]).rstrip(".")
    out = f'    def {name}({signature}) -> {answer}:\n        """{says}."""\n'
    out += f"        found: {answer} = self.ask({', '.join(call)})\n        return found\n\n"
    if row:
        passed = [*within, *(f"{_name(one['name'])}={_name(one['name'])}" for one in asked)]
        out += f'    def each_{name}({signature}) -> Iterator[{row}]:\n        """{says}: every row of every page."""\n'
        out += f"        yield from self.walk(self.{name}({', '.join(passed)}))\n\n"
    return out


def _asked(one: dict[str, Any], shapes: dict[str, Any]) -> str:
    kind = type_of(one["schema"], shapes)
    if one.get("required"):
        return kind
    return f"{kind if kind.endswith('None') else f'{kind} | None'} = None"


def _answer(told: dict[str, Any], shapes: dict[str, Any]) -> tuple[str, str, bool]:
    """Its type, the type of a row where it is a page, and whether it is bytes."""
    code = next(code for code in sorted(told["responses"]) if code.startswith("2"))
    content = told["responses"][code].get("content", {})
    kind, media = next(iter(content.items()), ("", None))
    if media is None:
        return "None", "", False
    if kind != "application/json":
        return "bytes", "", True
    said = type_of(media["schema"], shapes)
    row = ""
    if said.endswith("Page") and "next" in shapes.get(said, {}).get("properties", {}):
        row = _qualified(shapes[said]["properties"]["items"]["items"], shapes)
    return _qualified(media["schema"], shapes), row, False


def _qualified(schema: dict[str, Any], shapes: dict[str, Any]) -> str:
    said = type_of(schema, shapes)
    return re.sub(r"[A-Za-z_]\w*", lambda one: f"shapes.{one[0]}" if one[0] in shapes else one[0], said)


def _name(text: str) -> str:
    name = re.sub(r"\W", "_", text)
    return f"{name}_" if keyword.iskeyword(name) else name


def described(address: str) -> dict[str, Any]:
    if not address:
        return _of_the_program()
    if "://" not in address:
        text = Path(address).read_text(encoding="utf-8")
    else:
        with urllib.request.urlopen(address, timeout=60) as answer:
            text = answer.read().decode()
    found: dict[str, Any] = json.loads(text)
    return found


def _of_the_program() -> dict[str, Any]:
    sys.path.insert(0, str(HERE.parents[2]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "foia_tracker.settings")
    os.environ.setdefault("FOIA_ENV", "test")
    django = importlib.import_module("django")
    django.setup()
    made = importlib.import_module("requests_app.api.described").description()
    found: dict[str, Any] = json.loads(json.dumps(made, default=str))
    return found


def main(address: str = "") -> None:
    for name, text in files(described(address)).items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
