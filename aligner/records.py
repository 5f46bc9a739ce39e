"""JSON from files that may be anything, read as the dataclasses it was written from; errors are in plain words."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from math import isfinite
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

_WORDS = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


class RecordError(ValueError):
    """What does not fit in a record.

    `field` names the place, outermost first, and is empty for the whole; `line`, from 1, is one of the text that was
    parsed, where that is known.
    """

    def __init__(self, problem: str, field: tuple[str, ...] = (), line: int | None = None) -> None:
        self.problem, self.field, self.line = problem, field, line
        super().__init__(f"{'.'.join(field) or 'it'} {problem}")


def parse(data: bytes) -> object:
    """Read JSON in UTF-8. Raises RecordError, with the line, for anything else."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordError("is not UTF-8", line=data.count(b"\n", 0, error.start) + 1) from error
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if not text.strip():
            raise RecordError("is empty") from error
        cut = not text[error.pos :].strip() or error.msg.startswith("Unterminated")
        problem = "is cut off" if cut else f"is no JSON from column {error.colno} on"
        raise RecordError(problem, line=error.lineno) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, lists in lists without end
        raise RecordError("has a number or lists in lists beyond reason") from error


def plain(value: object) -> object:
    """Take dataclasses and tuples apart, as `dataclasses.asdict` does, five times as fast: it copies nothing."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    kind: type = type(value)
    names = _names(kind)
    return {name: plain(getattr(value, name)) for name in names} if names else value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def read_as(kind: type[T], value: object) -> T:
    """Rebuild a dataclass from what `dataclasses.asdict` and JSON made of it, or anything that it is made of.

    Fields that have a default may be missing, and unknown ones are passed over. Raises RecordError for what does not
    fit.
    """
    read = value
    if get_origin(kind) is UnionType:
        read = None if value is None else read_as(get_args(kind)[0], value)
    elif get_origin(kind) is tuple:
        read = _tuple(get_args(kind), _of_type(list, value))
    elif is_dataclass(kind):
        read = kind(**_values(kind, _of_type(dict, value)))
    elif issubclass(kind, StrEnum):
        read = _member(kind, _of_type(str, value))
    elif kind is float:
        # Other writers of JSON make 0 of 0.0.
        read = _number(value if type(value) is int else _of_type(float, value))
    else:
        read = _of_type(kind, value)
    return cast("T", read)


def _tuple(kinds: tuple[Any, ...], values: list[object]) -> tuple[object, ...]:
    if kinds[-1] is Ellipsis:
        return tuple([read_as(kinds[0], value) for value in values])
    if len(values) != len(kinds):
        raise RecordError(f"has {len(values)} items where {len(kinds)} belong")
    return tuple([read_as(kind, value) for kind, value in zip(kinds, values, strict=True)])


def _values(kind: type, record: dict[str, object]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, (wanted, required) in _fields(kind).items():
        if name in record:
            try:
                values[name] = read_as(wanted, record[name])
            except RecordError as error:
                raise RecordError(error.problem, (name, *error.field)) from error
        elif required:
            raise RecordError(f"has no {name!r}")
    return values


def _member(kind: type[StrEnum], value: str) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        raise RecordError(f"is {value!r}, not one of {', '.join(kind)}") from None


def _number(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise RecordError("is no finite number")
    return number


def _of_type(kind: type[T], value: object) -> T:
    # Not isinstance, to which True is an int.
    if type(value) is not kind:
        raise RecordError(f"is {_WORDS[type(value)]}, not {_WORDS[kind]}")
    return value


@cache
def _fields(kind: type) -> dict[str, tuple[type, bool]]:
    """The fields of a dataclass by name: their types, and whether they have no default."""
    types = get_type_hints(kind)
    return {
        one.name: (types[one.name], one.default is MISSING and one.default_factory is MISSING) for one in fields(kind)
    }
