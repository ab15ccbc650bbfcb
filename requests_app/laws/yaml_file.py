"""Law files as YAML: strict reading, and the line on which a thing stands. The only module that needs PyYAML."""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any

import yaml

from requests_app.laws.errors import LawFileError, Problem

Where = tuple[str | int, ...]
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Safe YAML in which dates stay text (so that 30 February is our error, not YAML's) and a key stands once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(None, None, "a key is no word", key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        made: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return made


_OLD_HABITS = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag not in _OLD_HABITS]
    for first, found in _Base.yaml_implicit_resolvers.items()
}
# As YAML 1.2 has it: only true and false are truth values, so that the key `on` stays a word.
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])


class _PlainLoader(_Loader):
    """Every value is text, or true or false: numbers and nothing stay as they were written."""


_PlainLoader.yaml_implicit_resolvers = {
    first: kept
    for first, found in _Loader.yaml_implicit_resolvers.items()
    if (kept := [(tag, pattern) for tag, pattern in found if tag.endswith(":bool")])
}
DEEPEST = 12


def parse(name: str, text: str, begins: str = "jurisdiction") -> dict[str, Any]:
    return _mapping(name, text, begins, _Loader)


def parse_plain(name: str, text: str, begins: str) -> dict[str, Any]:
    """For text from outside the house. Anchors, tags and deep nesting are refused before anything is built: an alias
    can multiply a text a thousandfold, and nesting can exhaust the stack of the C parser."""
    return _mapping(name, text, begins, _PlainLoader)


def _mapping(name: str, text: str, begins: str, loader: Any) -> dict[str, Any]:
    try:
        if loader is _PlainLoader:
            _only_plain(name, text)
        data = yaml.load(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        said = ", ".join(part.split(";")[0] for part in (error.context, error.problem) if part)
        raise LawFileError((Problem(name, line, "", "", f"not readable as YAML: {said}."),)) from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        says = "it holds a character that a text cannot hold."
        raise LawFileError((Problem(name, None, "", "", says, "take out control characters."),)) from error
    if not isinstance(data, dict):
        raise LawFileError(
            (Problem(name, 1, "", "", "the file is not a mapping.", f"start with '{begins}:'."),)
        )
    return data


def _only_plain(name: str, text: str) -> None:
    deep = 0
    for event in yaml.parse(text, Loader=_PlainLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            deep += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            deep -= 1
        says = ""
        if deep > DEEPEST:
            says = f"it is nested more than {DEEPEST} deep."
        elif getattr(event, "anchor", None):
            says = "anchors and aliases (& and *) are not used here."
        elif getattr(event, "tag", None):
            says = "tags (!) are not used here."
        if says:
            fix = "put a text that begins with & or * or ! in quotation marks."
            line = event.start_mark.line + 1 if event.start_mark else None
            raise LawFileError((Problem(name, line, "", "", says, fix),))


@lru_cache(maxsize=2)
def _nodes(text: str) -> Any:
    """The file as nodes that know their lines; made once, asked for every problem."""
    return yaml.compose(text, Loader=_Loader)


def line_of(text: str, path: Where) -> int | None:
    """The line a path of keys stands on, as near as the file has it."""
    node = _nodes(text)
    line = 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line
