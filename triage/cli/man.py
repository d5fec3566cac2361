"""`triage man`: the manual page, made from the help texts of the commands."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

import click

from triage import __version__
from triage.cli.files import print_lines

_UNFILLED = "\b"


@click.command()
@click.pass_context
def man(ctx: click.Context) -> None:
    """Print the manual page of triage and of all its commands.

    Save it where man looks for it: triage man > ~/.local/share/man/man1/triage.1
    """
    print_lines("\n".join(_page(ctx.find_root())))


def _page(root: click.Context) -> Iterator[str]:
    group = root.command
    assert isinstance(group, click.Group)  # noqa: S101 - the command line is one
    yield f'.TH TRIAGE 1 "" "triage {__version__}"'
    yield ".SH NAME"
    yield f"triage \\- {escaped(group.get_short_help_str(limit=200))}"
    yield ".SH SYNOPSIS"
    yield ".B triage"
    yield "[OPTIONS] COMMAND [ARGS]..."
    yield ".SH DESCRIPTION"
    yield from _paragraphs(group.help)
    yield from _options(group, root)
    yield ".SH COMMANDS"
    for name in group.list_commands(root):
        command = group.get_command(root, name)
        if command is not None:
            inside = click.Context(command, info_name=name, parent=root)
            yield f'.SS "{escaped(" ".join(("triage", name, *command.collect_usage_pieces(inside))))}"'
            yield from _paragraphs(command.help)
            yield from _options(command, inside)
            yield from _paragraphs(command.epilog)


def _options(command: click.Command, ctx: click.Context) -> Iterator[str]:
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if isinstance(parameter, click.Option) and record is not None:
            yield ".TP"
            yield f".B {escaped(record[0])}"
            yield escaped(record[1])


def _paragraphs(text: str | None) -> Iterator[str]:
    for paragraph in cleandoc(text or "").split("\n\n"):
        lines = paragraph.splitlines()
        if lines[:1] == [_UNFILLED]:
            yield from (".PP", ".nf", *map(escaped, lines[1:]), ".fi")
        elif lines:
            yield from (".PP", *map(escaped, lines))


def escaped(text: str) -> str:
    """Return a text escaped for a manual page."""
    plain = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    return rf"\&{plain}" if plain.startswith((".", "'")) else plain
