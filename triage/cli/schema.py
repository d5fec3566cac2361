"""`triage schema`: the JSON Schemas and the codebook, for the authors of rules, case files and programs."""

from __future__ import annotations

import json
from typing import Any

import click

from triage.cli.common import load, rules_option
from triage.cli.files import print_lines, put

CODEBOOK = "codebook"
KINDS = ("intake", "case", "assessment", "compact", "full", "rule", "audit", CODEBOOK)


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--format", "form", type=click.Choice(["md", "csv", "json"]), help="The codebook's format.")
@rules_option
def schema(kind: str, form: str | None, rules: str | None) -> None:
    """Print a JSON Schema (2020-12), or the codebook of the questionnaire.

    "compact" and "full" are the records that evaluate writes with --detail ids and full. "intake", "case" and
    the codebook follow from the questionnaire. The codebook lists every question and option: label, meaning,
    kind, unit, range, how to write an answer, and to whom it applies. It is Markdown unless --format says
    otherwise.
    """
    if kind == CODEBOOK:
        from triage.publication.codebook import codebook  # noqa: PLC0415 - only what is asked for

        put([codebook(load(rules), form or "md")], None)  # type: ignore[arg-type]
    elif form not in (None, "json"):
        raise click.UsageError(f"the schema of {kind} is JSON; --format {form} is for the codebook")
    else:
        print_lines(json.dumps(_schema(kind, rules), indent=2))


def _schema(kind: str, rules: str | None) -> dict[str, Any]:
    from triage.audit.reports.report_json import audit_schema  # noqa: PLC0415 - as above
    from triage.cases.schema import case_schema, intake_schema  # noqa: PLC0415 - as above
    from triage.evaluation.records.record_schemas import compact_schema, full_schema  # noqa: PLC0415 - as above
    from triage.inference.record_schema import assessment_schema  # noqa: PLC0415 - as above
    from triage.knowledge.files import schema as knowledge_schema  # noqa: PLC0415 - as above

    if kind == "rule":
        return knowledge_schema("rule")
    if kind == "assessment":
        return assessment_schema()
    if kind == "audit":
        return audit_schema()
    if kind == "full":
        return full_schema()
    derived = {"compact": compact_schema, "intake": intake_schema, "case": case_schema}
    return derived[kind](load(rules))
