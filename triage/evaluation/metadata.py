"""The `meta` of a case: any JSON object, which goes into its record unchanged but without white space."""

from __future__ import annotations

from collections.abc import Callable
from math import isinf
from typing import Any

import msgspec
import orjson
from msgspec import Raw

from triage.cases.reading.raw_case import RawCase
from triage.inference.answers.intake_error import IntakeError

META = "meta"
_DEEPEST = 50


_parse: Callable[[str], Any] = msgspec.json.Decoder(msgspec.defstruct("Carrying", [(META, Raw)])).decode


def meta_of(raw: RawCase) -> bytes:
    """Return the `meta` of a case, valid or not, as compact JSON; b"" if it is not an object."""
    carries = isinstance(raw.data, dict) and isinstance(raw.data.get(META), dict)
    return compact(_parse(raw.text).meta) if carries else b""


def compact(meta: Raw) -> bytes:
    """Return JSON without the white space between its tokens; the tokens stay as they were written."""
    return msgspec.json.format(bytes(meta), indent=-1)


def colons_of(meta: Raw) -> int:
    """Return how many colons the text of a JSON object has if no key appears twice in it.

    Raises:
        IntakeError: it is not an object, or only the strict parser can judge it.
    """
    text = bytes(meta)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise IntakeError(META, str(error)) from None
    if not isinstance(value, dict) or b"\\" in text:
        raise IntakeError(META, "is for the strict parser")
    return _colons(value, 0)


def _colons(value: Any, depth: int) -> int:
    if isinstance(value, str):
        return value.count(":")
    if depth == _DEEPEST:
        raise IntakeError(META, "is deep")
    if isinstance(value, dict):
        inside = (str(key).count(":") + _colons(each, depth + 1) for key, each in value.items())
        return len(value) + sum(inside)
    if isinstance(value, list):
        return sum(_colons(each, depth + 1) for each in value)
    if isinstance(value, float) and isinf(value):
        raise IntakeError(META, "holds a number that is too large")
    return 0
