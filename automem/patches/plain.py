"""What an edit means: the same edit on plain data."""

from __future__ import annotations

from typing import Any

from automem.spec.source import Steps


def same(one: Any, other: Any, *, ordered: bool = True) -> bool:
    """Whether two values are the same, types and (if `ordered`) the order of keys included: 1 is not true."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        if ordered and list(one) != list(other):
            return False
        return one.keys() == other.keys() and all(same(one[key], other[key], ordered=ordered) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(same(a, b, ordered=ordered) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def value_at(data: Any, steps: Steps) -> Any:
    """The value that `steps` lead to; there is one."""
    for step in steps:
        data = data[step]
    return data


def replaced(data: Any, steps: Steps, value: Any) -> Any:
    """`data` with another value at `steps`; what is not on the way is shared, not copied."""
    if not steps:
        return value
    step, *rest = steps
    copy = data.copy()
    copy[step] = replaced(data[step], rest, value)
    return copy


def removed(data: Any, steps: Steps) -> Any:
    """`data` without what stands at `steps`."""
    *above, last = steps
    parent = value_at(data, above).copy()
    del parent[last]
    return replaced(data, above, parent)


def added(data: Any, steps: Steps, key: str | int, value: Any, before: str | None) -> Any:
    """`data` with one more entry in the mapping or list at `steps`.

    Arguments:
        key: the key, or the position in the list.
        value: the entry's value.
        before: the key that it goes above; the end of the mapping for none.
    """
    parent = value_at(data, steps)
    if isinstance(parent, list):
        at = int(key)
        return replaced(data, steps, [*parent[:at], value, *parent[at:]])
    grown: dict[Any, Any] = {}
    for name, entry in (parent or {}).items():
        if name == before:
            grown[key] = value
        grown[name] = entry
    grown.setdefault(key, value)
    return replaced(data, steps, grown)


def nested(keys: Steps, value: Any) -> Any:
    """`value` below mappings with one key each."""
    for key in reversed(keys):
        value = {key: value}
    return value
