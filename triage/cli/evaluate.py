"""`triage evaluate`: case files in, assessments out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import click

from triage.cases.reading.compression import ZstdMissingError, compress, ending_of, plain_name
from triage.cli.common import ANY_PATH, Exit, leave, load, rules_option, warn
from triage.cli.files import check_targets, named, or_standard_output
from triage.cli.terminals import is_terminal
from triage.inference.evaluators import COMPILED, EXPERTA
from triage.source.targets import is_written_through


@dataclass(frozen=True, slots=True)
class Form:
    """A format: its file ending, and whether it allows whole assessments, and the parts of a --dask run."""

    ending: str
    full: bool = False
    parts: bool = False


FORMS: Mapping[str, Form] = {
    "table": Form(".txt"),
    "jsonl": Form(".jsonl", full=True, parts=True),
    "json": Form(".json", full=True),
    "csv": Form(".csv", parts=True),
}
"""Every format. Its class is in `evaluation/records/formats.py`, which is loaded only after all checks."""

DETAILS = ("ids", "full")
LOCAL = "local"
_ENDINGS = {form.ending: name for name, form in FORMS.items()}
_CHECKED_ONE_IN = 1000
_OLD: Mapping[str, str] = {
    "--compact": "leave it out; records hold ids alone unless --detail full is given",
    "--full": "write --detail full",
    "--cross-check": "write --check all, --check none or --check N",
}
_OLD_ENGINES: Mapping[str, str] = {
    COMPILED: "leave it out; the compiled rules assess unless --engine experta is given",
    "both": "write --check all",
}


class _Command(click.Command):
    """A command that takes `--summary` with or without a value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give `--summary` its value; a path that follows it is not its value."""
        given = [*args]
        for place, word in enumerate(args):
            if word == "--":
                break
            if word == "--summary":
                everything = args[place + 1 : place + 2] == ["all"]
                given[place] = f"--summary={'all' if everything else 'top'}"
                if everything:
                    given[place + 1] = ""
        kept = [word for place, word in enumerate(given) if word or args[place] == ""]
        return super().parse_args(ctx, kept)


def _gone(_: click.Context, option: click.Parameter, value: Any) -> None:
    """Say what replaces an option of an older version."""
    if value:
        name = option.opts[0]
        raise click.UsageError(f"{name} is gone: {_OLD[name]}")


def _engine(_: click.Context, option: click.Parameter, value: str | None) -> str:
    if value is not None and value in _OLD_ENGINES:
        raise click.UsageError(f"--engine {value} is gone: {_OLD_ENGINES[value]}")
    if value not in (None, EXPERTA):
        raise click.BadParameter(f'"{value}" is not an engine; the only choice is "{EXPERTA}"', param=option)
    return value or COMPILED


def _check(_: click.Context, option: click.Parameter, value: str) -> int:
    if value in ("all", "none"):
        return int(value == "all")
    if not re.fullmatch(r"[1-9][0-9]{0,8}", value):
        raise click.BadParameter(f'"{value}" is not all, none or a number from 1', param=option)
    return int(value)


def _page(context: click.Context, option: click.Parameter, name: str | None) -> str | None:
    """Take the name of the report, which must end like that of an HTML page."""
    named(context, option, name)
    if name and not name.lower().endswith((".html", ".htm")):
        raise click.BadParameter("the report is an HTML page; end its name in .html", param=option)
    return name


@click.command(cls=_Command)
@click.argument("paths", nargs=-1, required=True, type=ANY_PATH, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMS]),
    help="The format of the output. Default: by the name of its file, otherwise a table.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    callback=or_standard_output,
    help=f"Write to this file ({', '.join(_ENDINGS)}), all at once at the end; compressed if "
    ".gz or .zst follows; - is standard output. With --dask: the folder of the parts.",
)
@click.option(
    "--detail",
    type=click.Choice(DETAILS),
    default=DETAILS[0],
    show_default=True,
    help="What records hold: ids alone, or whole assessments with their texts (jsonl and json).",
)
@click.option(
    "--check",
    callback=_check,
    default=str(_CHECKED_ONE_IN),
    metavar="all|none|N",
    help="Let experta check all cases, none, or the first hundred and one in N.  [default: 1000]",
)
@click.option("--engine", callback=_engine, metavar=EXPERTA, help="Let only experta, the reference, assess.")
@click.option("--jobs", type=click.IntRange(min=1), help="How many processes. Default: as many as help.")
@click.option(
    "--meta", "names", metavar="KEY,...", help="Keys of the cases' meta that become columns of CSV."
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first invalid case or missed expectation.")
@click.option(
    "--summary",
    type=click.Choice(["top", "all"]),
    metavar="[all]",
    help="Print counts on standard error: dispositions, and the ten most frequent rules and causes, or all.",
)
@click.option(
    "--summary-format",
    type=click.Choice(["text", "json"]),
    help="The format of the summary. Default: text.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False),
    callback=_page,
    metavar="FILE.html",
    help="Write the counts as one page with bars: reasons, causes, missed expectations, invalid inputs.",
)
@click.option(
    "--dask",
    metavar="local|tcp://HOST:PORT",
    help="Share the run among the workers of a dask cluster, or start one here (local).",
)
@click.option("--compact", is_flag=True, hidden=True, expose_value=False, callback=_gone)
@click.option("--full", is_flag=True, hidden=True, expose_value=False, callback=_gone)
@click.option("--cross-check", hidden=True, expose_value=False, callback=_gone)
@rules_option
def evaluate(  # noqa: PLR0913, PLR0917 - click passes each option by its name
    paths: tuple[str, ...],
    form: str | None,
    output: str | None,
    detail: str,
    check: int,
    engine: str,
    jobs: int | None,
    names: str | None,
    summary: str | None,
    summary_format: str | None,
    report: str | None,
    dask: str | None,
    rules: str | None,
    *,
    fail_fast: bool,
) -> None:
    """Assess cases from files, folders or standard input (-).

    A file is JSON (one case or a list of cases) or JSONL (.jsonl, .ndjson), plain or compressed (.gz, .zst),
    of any size: cases are streamed. The compiled rules assess; experta, the reference, checks the first
    hundred and one in a thousand, and any difference stops the run. The expectations of a case are checked.

    With --dask, inputs and the folder of -o are paths that all workers share, or URLs (s3://...). The parts,
    joined in order, are what one process writes; manifest.json comes last. If a run was stopped, the same
    command goes on from there.

    Exit codes: 0 done, 1 an expectation was missed, 3 an input was invalid (the others are still assessed),
    4 the knowledge base is invalid, 5 there were no cases, 6 the two evaluators differ, 7 broken off.
    """
    told = _form_of(output, folder=dask is not None)  # also refuses a wrong ending
    chosen = form or told
    _refuse_what_cannot_be(paths, output, chosen, detail, folder=dask is not None)
    if report and any(_is_the_same_file(path, report) for path in paths):
        raise click.UsageError(f"--report {report} is one of the inputs; name another file")
    if dask is not None:
        _refuse_what_no_cluster_can(paths, output, dask, jobs, chosen, fail_fast=fail_fast)
    check_targets(report)
    knowledge = load(rules)
    from triage.bulk.blocks import Settings  # noqa: PLC0415 - a refusal comes without its libraries
    from triage.cli import evaluation  # noqa: PLC0415 - as above
    from triage.evaluation.crosscheck import Mismatch  # noqa: PLC0415 - as above
    from triage.evaluation.records.csv_format import COLUMNS  # noqa: PLC0415 - as above

    options = evaluation.Options(
        paths=paths,
        settings=Settings(
            form=chosen,
            full=detail == "full",
            engine=EXPERTA if engine == EXPERTA else COMPILED,
            check=check,
            meta=evaluation.meta_keys(names, COLUMNS),
            ending=ending_of((output or "").rstrip("/")),
        ),
        output=output,
        jobs=jobs,
        brief=form is None and output is None and is_terminal(sys.stdout),
        fail_fast=fail_fast,
    )
    try:
        if dask is None:
            tally = evaluation.run_here(knowledge, options)
        else:
            from triage.cli.cluster import run_cluster  # noqa: PLC0415 - brings dask

            tally = run_cluster(knowledge, options, dask)
    except Mismatch as mismatch:
        evaluation.keep_case(mismatch, output)
    if summary or summary_format:
        as_json = summary_format == "json"
        evaluation.say_summary(knowledge, tally, as_json=as_json, everything=summary == "all")
    if report:
        evaluation.write_report(knowledge, tally, paths, report)
    code = evaluation.exit_code(tally)
    if code is Exit.NO_CASES and not tally.empty_folders:
        warn("there were no cases in what was given")
    leave(code)


def _form_of(output: str | None, *, folder: bool) -> str:
    """Return the format that the name of an output means; refuse an unknown ending."""
    name = PurePath(plain_name((output or "").rstrip("/")))
    ending = name.suffix.lower()
    if ending in _ENDINGS or ending[1:] in FORMS:
        return _ENDINGS.get(ending, ending[1:])
    if folder:
        return "jsonl"
    if ending and output and not is_written_through(output):
        raise click.UsageError(
            f'-o {output}: "{ending}" is not a format; end the name in {_listing(_ENDINGS, "or")}'
        )
    return "table"


def _refuse_what_cannot_be(
    paths: tuple[str, ...], output: str | None, form: str, detail: str, *, folder: bool
) -> None:
    if detail == "full" and not FORMS[form].full:
        those = _listing((name for name, each in FORMS.items() if each.full), "and")
        raise click.UsageError(f"--detail full is for {those}, not for {form}; choose with --format")
    if output and any(_is_the_same_file(path, output) for path in paths):
        raise click.UsageError(f"-o {output} is one of the inputs; name another file")
    if not folder:
        check_targets(output)
    try:
        compress(b"", ending_of((output or "").rstrip("/")))
    except ZstdMissingError as error:
        raise click.UsageError(str(error.strerror)) from None


def _is_the_same_file(one: str, other: str) -> bool:
    try:
        return Path(one).is_file() and Path(one).samefile(other)
    except (OSError, ValueError):
        return False


def _refuse_what_no_cluster_can(
    paths: tuple[str, ...], output: str | None, dask: str, jobs: int | None, form: str, *, fail_fast: bool
) -> None:
    """Refuse options that make no sense with --dask."""
    if dask != LOCAL and not re.fullmatch(r"(tcp|tls)://[^/\s]+:\d+", dask):
        raise click.UsageError(
            f'--dask {dask} is not a cluster; give "local", or the address of a scheduler as tcp://HOST:PORT'
        )
    if output is None:
        raise click.UsageError("--dask writes parts into a folder; name it with -o FOLDER")
    if "-" in paths:
        raise click.UsageError("--dask reads files and URLs; workers cannot read standard input (-)")
    if jobs is not None:
        raise click.UsageError("--jobs is for a run without --dask; the cluster says how many work")
    if fail_fast:
        raise click.UsageError("--fail-fast is for a run without --dask; leave it out")
    if not FORMS[form].parts:
        those = _listing((name for name, each in FORMS.items() if each.parts), "or")
        raise click.UsageError(f"--dask writes parts of {those}, not of {form}; choose one with --format")


def _listing(names: Iterable[str], before_last: str) -> str:
    *names, last = names
    return f"{', '.join(names)} {before_last} {last}"
