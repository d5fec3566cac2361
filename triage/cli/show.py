"""`triage show`: writes the whole knowledge base as one document."""

from __future__ import annotations

from pathlib import PurePath

import click

from triage.cli.common import load, rules_option
from triage.cli.files import check_targets, output_option, put
from triage.publication.document import Form, document

_PAGES = (".html", ".htm")


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "html"]),
    help="Markdown or one HTML page. Default: html if FILE ends in .html, otherwise md.",
)
@output_option
@rules_option
def show(form: Form | None, output: str | None, rules: str | None) -> None:
    """Write the whole knowledge base as one document that a clinician can read and sign.

    It holds every rule with its condition in plain words, what follows, why, and its sources; the
    questionnaire, thresholds, causes, steps, claims and sources; and places to sign.

    Exit codes: 0 done, 4 the knowledge base is invalid.
    """
    check_targets(output)
    if form is None:
        form = "html" if output is not None and PurePath(output).suffix.lower() in _PAGES else "md"
    put([document(load(rules), form)], output)
