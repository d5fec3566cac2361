"""`triage init`: writes a small knowledge base to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from triage.authoring.beginning import starting_files
from triage.cli.common import Exit, leave
from triage.cli.files import named, put, refuse
from triage.knowledge.files import bundled_rules
from triage.source.atomic import make_folder, write_new
from triage.source.targets import TargetError, check_folder


@click.command()
@click.argument("folder", type=click.Path(file_okay=False), callback=named)
def init(folder: str) -> None:
    """Write a small knowledge base and its cases to FOLDER, to begin one of your own.

    It is an example about sore throats; nobody has checked what it says. FOLDER must be new or empty.

    Exit codes: 0 written, 2 it cannot be written (nothing is written).
    """
    try:
        if check_folder(folder) and any(Path(folder).iterdir()):
            click.echo(f"{folder}: is not empty; name a new folder. Nothing was written.", err=True)
            leave(Exit.USAGE)
        for name, content in starting_files():
            path = Path(folder, name)
            make_folder(path.parent)
            write_new(path, [content])
    except TargetError as error:
        refuse(error)
    put([_next_steps(Path(folder))], None)


def _next_steps(folder: Path) -> str:
    rules, cases = folder / "rules", folder / "cases"
    lines = (
        f"Wrote {rules} and {cases}",
        "",
        "Try it:",
        f"  triage intake --rules {rules}",
        f"  triage evaluate {cases} --rules {rules}",
        f"  triage audit {cases} --rules {rules}",
        f"  triage lint --rules {rules} --cases {cases}",
        "Then change it, file by file. To see what each file holds, read",
        f"  {bundled_rules() / 'README.md'}",
    )
    return "\n".join(lines) + "\n"
