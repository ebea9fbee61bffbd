"""What each pack file may say.

A pack is read with its line numbers, checked against a small shape, and refused with file, line
and key where it says something nobody reads: a misspelt key must not lie there unread for years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class PackError(ValueError):
    """A pack file that cannot be used: says the file, the line and what to mend."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string; ``one_of`` closes the list of values."""

    one_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole or decimal number."""


@dataclass(frozen=True, slots=True)
class Many:
    """A list of one shape; a single value is taken as a list of one."""

    of: Shape


@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping with these keys and no others."""

    known: Mapping[str, Shape]
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping whose keys are names (of classes, of prepositions) and whose values share a shape."""

    of: Shape


Shape = Text | Flag | Number | Many | Keys | Named


@dataclass(frozen=True, slots=True)
class _At:
    """Where a check stands: the file and the way down to the value."""

    path: Path
    way: tuple[str, ...] = field(default=())

    def fail(self, node: Any, message: str) -> PackError:
        where = f"{self.path}:{node.start_mark.line + 1}"
        inside = f" (in {'.'.join(self.way)})" if self.way else ""
        return PackError(f"{where}: {message}{inside}")

    def into(self, key: str) -> _At:
        return _At(self.path, (*self.way, key))


def load_yaml(path: Path, shape: Shape) -> Any:
    """Read a YAML file and check it; raises PackError with file, line and key."""
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PackError(f"{path}: not readable YAML: {error}") from error
    if root is None:
        return {}
    return _value(root, shape, _At(path))


def _value(node: Any, shape: Shape, at: _At) -> Any:
    if isinstance(shape, Keys):
        return _keys(node, shape, at)
    if isinstance(shape, Named):
        _expect(node, yaml.MappingNode, "a mapping", at)
        return {k.value: _value(v, shape.of, at.into(k.value)) for k, v in node.value}
    if isinstance(shape, Many):
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return [_value(item, shape.of, at) for item in items]
    _expect(node, yaml.ScalarNode, "a single value", at)
    return _scalar(node, shape, at)


def _keys(node: Any, shape: Keys, at: _At) -> dict[str, Any]:
    _expect(node, yaml.MappingNode, "a mapping", at)
    out: dict[str, Any] = {}
    for key, value in node.value:
        if key.value not in shape.known:
            known = ", ".join(sorted(shape.known))
            raise at.fail(key, f"unknown key {key.value!r}; known here: {known}")
        if key.value in out:
            raise at.fail(key, f"key {key.value!r} is given twice")
        out[key.value] = _value(value, shape.known[key.value], at.into(key.value))
    for name in sorted(shape.required - out.keys()):
        raise at.fail(node, f"key {name!r} is missing")
    return out


def _scalar(node: Any, shape: Text | Flag | Number, at: _At) -> Any:
    value = str(node.value)
    if isinstance(shape, Flag):
        if value.lower() not in ("true", "false"):
            raise at.fail(node, f"expected true or false, not {value!r}")
        return value.lower() == "true"
    if isinstance(shape, Number):
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            raise at.fail(node, f"expected a number, not {value!r}") from None
    if shape.one_of and value not in shape.one_of:
        raise at.fail(node, f"{value!r} is not one of {', '.join(sorted(shape.one_of))}")
    return value


def _expect(node: Any, kind: type, what: str, at: _At) -> None:
    if not isinstance(node, kind):
        raise at.fail(node, f"expected {what}")
