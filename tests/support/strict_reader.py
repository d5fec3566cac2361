"""The bulk reader beside the strict reader, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs
from support.shipped import KNOWLEDGE

from triage.bulk.decoding.jsonl_decoder import JsonlDecoder
from triage.cases.schema import case_schema
from triage.inference.answers.intake import read_answers
from triage.inference.answers.intake_error import IntakeError
from triage.inference.columns.compiled import compiled
from triage.inference.truth import Value
from triage.source.strict_json import JsonError, parse

COMPILED = compiled(KNOWLEDGE)
VALID = jsonschema_rs.validator_for(case_schema(KNOWLEDGE)).is_valid


class Strict:
    """What the strict reader makes of a line: the case and its findings, or nothing."""

    def __init__(self, line: bytes) -> None:
        self.case: Mapping[str, Any] | None = None
        self.findings: dict[str, Value] = {}
        try:
            case = parse(line.decode())
            if not VALID(case):
                return
            self.findings = read_answers(KNOWLEDGE, case["answers"])
        except (JsonError, UnicodeDecodeError, IntakeError):
            return
        self.case = case


def differences(decoder: JsonlDecoder, data: bytes) -> list[str]:
    """Say where the decoder and the strict reader differ on a file."""
    lines = data.removesuffix(b"\n").split(b"\n")
    strict = {number: Strict(line) for number, line in enumerate(lines, 1)}
    decoded = decoder.decode(lines)
    found = []
    accepted = {place + 1 for place in decoded.places}
    for number, each in strict.items():
        wanted = each.case is not None
        if wanted != (number in accepted):
            found.append(f"line {number} is {'rejected' if wanted else 'accepted'}: {lines[number - 1]!r}")
    rejected = {place + 1 for _, place in decoded.rejected}
    if sorted([*accepted, *rejected]) != list(strict):
        found.append("a line is lost, or appears twice")
    if found:
        return found
    cases = [strict[number] for number in sorted(accepted)]
    if list(decoded.ids) != [each.case["id"] for each in cases if each.case]:
        found.append("the ids differ")
    expected = COMPILED.columns([each.findings for each in cases])
    if decoded.columns.full != expected.full:
        found.append("the number of cases differs")
    for name in ("known", "unknown"):
        pairs = zip(getattr(decoded.columns, name), getattr(expected, name), strict=True)
        found += [f"{name} {index} differs" for index, (one, other) in enumerate(pairs) if one != other]
    return found
