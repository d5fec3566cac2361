"""`triage schema`: the JSON Schemas, for those who write or produce case files and rules."""

from __future__ import annotations

import json

import click

from triage.cli.common import load, rules_option

KINDS = ("intake", "case", "assessment", "compact", "rule", "audit")


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@rules_option
def schema(kind: str, rules: str | None) -> None:
    """Print a JSON Schema (2020-12); that of a compact record is of what --detail ids writes.

    Those of an intake and a case follow from the questionnaire.
    """
    from triage.audit.report_json import audit_schema  # noqa: PLC0415 - only what is asked for
    from triage.cases.schema import case_schema, intake_schema  # noqa: PLC0415 - as above
    from triage.inference.record_schema import assessment_schema  # noqa: PLC0415 - as above
    from triage.knowledge.files import schema as knowledge_schema  # noqa: PLC0415 - as above

    if kind == "rule":
        found = knowledge_schema("rule")
    elif kind == "assessment":
        found = assessment_schema()
    elif kind == "audit":
        found = audit_schema()
    elif kind == "compact":
        from triage.batch.compact import compact_schema  # noqa: PLC0415 - as above

        found = compact_schema(load(rules))
    else:
        found = (intake_schema if kind == "intake" else case_schema)(load(rules))
    click.echo(json.dumps(found, indent=2))
