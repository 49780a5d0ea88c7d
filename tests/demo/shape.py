"""Compares a recorded answer with ours: the same keys and types, other values."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Shape:
    """What recorded values at one place look like, taken together."""

    kinds: set[str] = field(default_factory=set)
    fields: dict[str, "Shape"] = field(default_factory=dict)
    always: set[str] | None = None
    items: "Shape | None" = None
    filled: bool = False


def kind_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    kinds: dict[Any, str] = {str: "text", list: "list", dict: "object"}
    return kinds[type(value)]


def learn(value: Any, shape: Shape | None = None) -> Shape:
    """Add a recorded value to what is known of its place."""
    shape = shape or Shape()
    shape.kinds.add(kind_of(value))
    if isinstance(value, dict):
        keys = set(value)
        shape.always = keys if shape.always is None else shape.always & keys
        for name, inner in value.items():
            shape.fields[name] = learn(inner, shape.fields.get(name))
    if isinstance(value, list):
        shape.filled = shape.filled or bool(value)
        for inner in value:
            shape.items = learn(inner, shape.items)
    return shape


def differences(value: Any, shape: Shape, path: str = "") -> list[str]:
    """Return where our value is unlike every recorded one."""
    kind = kind_of(value)
    if shape.kinds == {"null"} or (kind == "list" and not value and path):
        return []
    if kind not in shape.kinds:
        return [f"{path}: {kind}, recorded {sorted(shape.kinds)}"]
    if isinstance(value, dict):
        return _of_fields(value, shape, path)
    if isinstance(value, list):
        return _of_items(value, shape, path)
    return []


def _of_fields(value: dict[str, Any], shape: Shape, path: str) -> list[str]:
    found = [f"{path}.{name}: missing" for name in (shape.always or set()) - set(value)]
    for name, inner in value.items():
        if name not in shape.fields:
            found.append(f"{path}.{name}: not recorded")
        else:
            found += differences(inner, shape.fields[name], f"{path}.{name}")
    return found


def _of_items(value: list[Any], shape: Shape, path: str) -> list[str]:
    if not path and bool(value) != shape.filled:
        return [f"{len(value)} items, recorded {'some' if shape.filled else 'none'}"]
    if shape.items is None:
        return []
    return [
        text for inner in value for text in differences(inner, shape.items, path + "[]")
    ]
