"""What does not fit a schema, in words for authors who write TOML."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from triage.source.diagnostic import nearest
from triage.source.text import shortened

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

FORMS: Mapping[str, str] = {
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$": "small letters, digits and single hyphens, a letter first",
    "^[a-z][a-z0-9_]*$": "small letters, digits and underscores, a letter first",
    "^[a-z][a-z_]*$": "small letters and underscores, a letter first",
    r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)?$": "the id of a question, or question.item",
    r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$": "the id of a question, or question.item",
    r"^[a-z]+\.[0-9]{2}$": "the id of a document, a dot and two digits",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": 'a date in quotes, such as "2026-11-28"',
    "^[0-9a-f]{64}$": "the 64 digits and letters that `triage show` prints",
    "[a-zA-Z0-9]": "a name with at least one letter or digit",
}
"""What each pattern of the schemas asks for, in words."""

_KINDS = {
    "string": "a text in quotes",
    "integer": "a whole number without quotes",
    "boolean": "true or false without quotes",
    "array": "a list in square brackets",
    "object": "a table",
}
_COMPARING = ("is", "in", "includes", "at_least", "at_most")
_TEST_KEYS = ("finding", *_COMPARING)
_GROUPS = ("all", "any")


def fault_of(error: ValidationError) -> tuple[tuple[str, ...], str]:
    """Return what an error of jsonschema means: the key at fault, if one is, and the message."""
    instance: Any = error.instance
    wanted: Any = error.validator_value
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    check = str(error.validator)
    if check == "additionalProperties":
        return _unknown_keys(instance, schema.get("properties", {}))
    if check == "oneOf":
        return _none_of(instance, wanted)
    if check == "minProperties":
        return (), f"is empty; say at least one of {', '.join(schema.get('properties', {}))}"
    told = _TOLD.get(check)
    if told is None:
        return (), f'does not fit the schema, which says "{check}": {shortened(json.dumps(wanted))}'
    return (), told(instance, wanted)


def _required(instance: Any, wanted: list[str]) -> str:
    return f"lacks {', '.join(key for key in wanted if key not in instance)}; add it"


def _enum(instance: Any, wanted: list[str]) -> str:
    hint = nearest(instance, wanted) if isinstance(instance, str) else ""
    return f"{shown(instance)} is not one of {', '.join(wanted)}{hint or '; correct it'}"


def _const(instance: Any, wanted: Any) -> str:
    left_out = " or left out" if wanted is True else ""
    return f"must be {shown(wanted)}{left_out}, not {shown(instance)}; correct it"


def _pattern(instance: str, wanted: str) -> str:
    return f"{shown(instance)} does not fit; write {FORMS.get(wanted, f'what fits {wanted}')}"


def _repeated(instance: list[Any], _: Any) -> str:
    twice = next(each for number, each in enumerate(instance) if each in instance[:number])
    return f"{shown(twice)} appears twice; keep one"


def _too_few(instance: Any, wanted: int) -> str:
    if instance and isinstance(instance, list):
        return f"has {len(instance)} part, and needs at least {wanted}; add what is lacking"
    return "is empty; fill it in, or remove the key"


def _too_many(instance: list[Any], wanted: int) -> str:
    return f"has {len(instance):,} parts, and can have {wanted}; divide it"


def _too_small(instance: Any, wanted: Any) -> str:
    return f"{shown(instance)} does not fit; write at least {wanted}"


def _too_large(instance: Any, wanted: Any) -> str:
    return f"{shown(instance)} does not fit; write at most {wanted}"


def _out_of_place(_: Any, wanted: Mapping[str, Any]) -> str:
    return f"has {', '.join(wanted.get('required', ()))}, which does not belong here; remove it"


def _unknown_keys(instance: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    unknown = [key for key in instance if key not in known]
    return (unknown[0],), "; ".join(f'unknown key "{key}"{nearest(key, known)}' for key in unknown)


def _lacking_beside(instance: Mapping[str, Any], wanted: Mapping[str, list[str]]) -> str:
    lacking = {
        key: [each for each in needed if each not in instance]
        for key, needed in wanted.items()
        if key in instance
    }
    told = (
        f'"{key}" goes with {", ".join(needed)}; add it, or remove "{key}"'
        for key, needed in lacking.items()
        if needed
    )
    return "; ".join(told)


def _other_kind(instance: Any, wanted: str | list[str]) -> str:
    kinds = [wanted] if isinstance(wanted, str) else wanted
    if kinds == ["object"] and isinstance(instance, list):
        return "must be a table, not a list; write its name in single brackets"
    instead = filter(None, (_written_as(kind, instance) for kind in kinds))
    hint = " or ".join(instead)
    must_be = " or ".join(_KINDS.get(kind, kind) for kind in kinds)
    return f"must be {must_be}, not {shown(instance)}; {f'write {hint}' if hint else 'correct it'}"


def _written_as(kind: str, instance: Any) -> str:
    """Return a value written as one of another kind; "" if that is not clear."""
    if kind == "array" and isinstance(instance, str):
        return f"[{shown(instance)}]"
    if kind == "string" and isinstance(instance, bool):
        return '"yes"' if instance else '"no"'
    if kind == "string" and not isinstance(instance, (list, Mapping)):
        return f'"{shown(instance)}"'
    if kind == "integer" and isinstance(instance, str) and instance.strip().isdecimal():
        return instance.strip()
    if kind == "boolean" and isinstance(instance, str):
        meant = {"yes": "true", "true": "true", "no": "false", "false": "false"}
        return meant.get(instance.strip().casefold(), "")
    return ""


def _none_of(instance: Any, branches: list[Mapping[str, Any]]) -> tuple[tuple[str, ...], str]:
    """Say what is wrong with a condition, or with another value that can be written in several ways."""
    if any(key in branch.get("properties", {}) for branch in branches for key in _GROUPS):
        if isinstance(instance, Mapping):
            return _bad_condition(instance)
        listed = ", and its name stands in single brackets" if isinstance(instance, list) else ""
        return (), f"must be a test, or all or any over tests{listed}; correct it"
    ways = (
        shown(branch["const"]) if "const" in branch else _KINDS.get(branch.get("type", ""), "")
        for branch in branches
    )
    return (), f"must be {' or '.join(filter(None, ways))}, not {shown(instance)}; correct it"


def _bad_condition(written: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    known = dict.fromkeys((*_TEST_KEYS, *_GROUPS))
    if any(key not in known for key in written):
        return _unknown_keys(written, known)
    comparing = [key for key in _COMPARING if key in written]
    if any(key in written for key in _GROUPS):
        message = f"has {' and '.join(written)} side by side; put one into the other"
    elif "finding" not in written:
        message = "a test needs a finding; add it"
    elif comparing:
        message = f"has {' and '.join(comparing)}; a test compares once, so write two tests in all = [...]"
    else:
        message = f"a test says what the finding must be; add one of {', '.join(_COMPARING)}"
    return (), message


_TOLD: Mapping[str, Callable[[Any, Any], str]] = {
    "required": _required,
    "type": _other_kind,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "uniqueItems": _repeated,
    "minItems": _too_few,
    "minLength": _too_few,
    "maxItems": _too_many,
    "minimum": _too_small,
    "maximum": _too_large,
    "dependentRequired": _lacking_beside,
    "not": _out_of_place,
}
"""For each check of a schema, the message where it fails, given the value and what the schema wants."""


def shown(value: Any) -> str:
    """Return a value as TOML writes it, shortened; a table becomes "a table"."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, list):
        return shortened(f"[{', '.join(map(shown, value))}]") if value else "an empty list"
    return shortened(json.dumps(value, ensure_ascii=False))
