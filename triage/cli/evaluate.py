"""`triage evaluate`: case files in, assessments out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from triage.batch.crosscheck import Mismatch
from triage.batch.evaluate import Outcome
from triage.batch.evaluate import evaluate as evaluate_cases
from triage.batch.tally import Tally
from triage.batch.writers import WRITERS
from triage.cases.compression import ZstdMissingError, compress, compress_all, ending_of, plain_name
from triage.cases.reader import read_cases
from triage.cli.common import Exit, leave, load, rules_option, warn
from triage.cli.files import check_targets, or_standard_output, print_all, write_whole
from triage.cli.options import BOTH, Options
from triage.inference.evaluators import COMPILED, EXPERTA
from triage.knowledge.model import KnowledgeBase
from triage.source.atomic import is_written_through

TABLE = "table"
LOCAL = "local"
_CHECKED_ONE_IN = 1000


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(WRITERS)),
    help="Of the output; else told by the name of its file, else a table (jsonl in a bulk run).",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    callback=or_standard_output,
    help="Write to this file, all at once at the end; compressed if it ends in .gz or .zst; - is standard "
    "output. With --dask: the folder of the parts.",
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first invalid case or missed expectation.")
@click.option("--summary", is_flag=True, help="Count dispositions, rules and causes on standard error.")
@click.option(
    "--summary-format",
    type=click.Choice(["text", "json"]),
    help="Of the summary; text unless json is asked for.",
)
@click.option(
    "--engine",
    type=click.Choice([EXPERTA, COMPILED, BOTH]),
    help="What runs the rules: experta, or in a bulk run compiled. Both compares them on every case.",
)
@click.option(
    "--compact/--full",
    "compact",
    default=None,
    help="Bulk run: records of ids alone (default), or full ones.",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Bulk run: share the work among so many processes.")
@click.option(
    "--cross-check",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"Bulk run: check one line in N by experta too; 0 for none.  [default: {_CHECKED_ONE_IN}]",
)
@click.option(
    "--dask",
    metavar="local|tcp://HOST:PORT",
    help="Bulk run in parts by the workers of a dask cluster, or of one that is started here.",
)
@rules_option
def evaluate(  # noqa: PLR0913 - click passes each option by its name
    paths: tuple[str, ...],
    form: str | None,
    output: str | None,
    engine: str | None,
    rules: str | None,
    summary_format: str | None,
    jobs: int | None,
    cross_check: int | None,
    *,
    dask: str | None,
    compact: bool | None,
    fail_fast: bool,
    summary: bool,
) -> None:
    """Assess cases from files, folders or standard input (-).

    A file is JSON (one case or a list of cases) or JSONL, plain or compressed (.gz, .zst). A case that says
    what it expects is checked.

    A bulk run (--compact, --full, --jobs, --cross-check or --dask) streams JSONL of any size in constant
    memory, with one record a line in the order of the input. It does not look for ids that appear twice.

    With --dask, inputs and the folder of -o are paths that all workers share, or URLs (s3://...). Its parts,
    one behind the other, are what one process writes; manifest.json comes last. The same command goes on
    where one was stopped.

    Exit codes: 0 done, 1 an expectation was missed, 3 an input was invalid (the others are still assessed),
    4 the knowledge base is invalid, 5 there were no cases, 6 the two evaluators differ, 7 broken off.
    """
    bulk = any(each is not None for each in (compact, jobs, cross_check, dask))
    options = Options(
        paths=paths,
        form=form or _form_of((output or "").rstrip("/")) or ("jsonl" if bulk else TABLE),
        output=output,
        engine=engine or (COMPILED if bulk else EXPERTA),
        full=compact is False,
        jobs=jobs or 1,
        cross_check=_CHECKED_ONE_IN if cross_check is None else cross_check,
        dask=dask,
    )
    _refuse_what_cannot_be(options, bulk=bulk, fail_fast=fail_fast)
    if dask is not None:
        _refuse_what_no_cluster_can(options, dask, jobs)
    knowledge = load(rules)
    try:
        if dask is not None:
            from triage.cli.cluster import run_cluster  # noqa: PLC0415 - brings dask

            tally = run_cluster(knowledge, options, dask)
        elif bulk:
            from triage.cli.bulk import run_bulk  # noqa: PLC0415 - ordinary runs do without its libraries

            tally = run_bulk(knowledge, options)
        else:
            tally = _run(knowledge, options, fail_fast=fail_fast)
    except Mismatch as mismatch:
        _keep_case(mismatch, output)
    if summary or summary_format:
        say_summary(knowledge, tally, as_json=summary_format == "json")
    code = _exit_code(tally)
    if code is Exit.NO_CASES and not tally.empty_folders:
        warn("there were no cases in what was given")
    leave(code)


def _form_of(output: str | None) -> str | None:
    name = plain_name(output or "")
    return next((form for form in WRITERS if name.endswith(f".{form}")), None)


def _refuse_what_cannot_be(options: Options, *, bulk: bool, fail_fast: bool) -> None:
    if bulk and options.form == TABLE:
        raise click.UsageError("a bulk run writes jsonl, json or csv; choose one with --format")
    if bulk and fail_fast:
        raise click.UsageError(
            "--fail-fast is for ordinary runs; leave it out, or leave out --compact and --jobs"
        )
    if options.output and any(_is_the_same_file(path, options.output) for path in options.paths):
        raise click.UsageError(f"-o {options.output} is one of the inputs; name another file")
    if options.dask is None:
        check_targets(options.output)
    try:
        compress(b"", ending_of((options.output or "").rstrip("/")))
    except ZstdMissingError as error:
        raise click.UsageError(str(error.strerror)) from None


def _is_the_same_file(one: str, other: str) -> bool:
    try:
        return Path(one).is_file() and Path(one).samefile(other)
    except (OSError, ValueError):
        return False


def _refuse_what_no_cluster_can(options: Options, dask: str, jobs: int | None) -> None:
    """Refuse what makes no sense with --dask."""
    if dask != LOCAL and not re.fullmatch(r"(tcp|tls)://[^/\s]+:\d+", dask):
        raise click.UsageError(
            f'--dask {dask} is not a cluster; give "local", or the address of a scheduler as tcp://HOST:PORT'
        )
    if options.output is None:
        raise click.UsageError("--dask writes parts into a folder; name it with -o FOLDER")
    if "-" in options.paths:
        raise click.UsageError("--dask reads files and URLs; workers cannot read standard input (-)")
    if jobs is not None:
        raise click.UsageError("--jobs is for a run without --dask; the cluster says how many work")
    if options.form == "json":
        raise click.UsageError("--dask writes parts of jsonl or csv, no json; choose one with --format")


def _run(knowledge: KnowledgeBase, options: Options, *, fail_fast: bool) -> Tally:
    """Assess case by case, every one in full."""
    tally = Tally()
    outcomes = evaluate_cases(
        knowledge,
        read_cases(options.paths, sys.stdin.buffer, warn),
        COMPILED if options.engine == COMPILED else EXPERTA,
        both=options.engine == BOTH,
    )
    pieces = WRITERS[options.form](knowledge, _watched(outcomes, tally, fail_fast=fail_fast))
    if options.output is None:
        print_all(pieces, sys.stdout)
    else:
        ending = ending_of(options.output)
        write_whole(options.output, compress_all(pieces, ending) if ending else pieces)
    return tally


def _watched(outcomes: Iterable[Outcome], tally: Tally, *, fail_fast: bool) -> Iterator[Outcome]:
    """Pass outcomes on, count them, and say on standard error what is wrong with them."""
    for outcome in outcomes:
        for message in (*outcome.errors, *outcome.warnings, *outcome.missed):
            click.echo(str(message), err=True)
        tally.add(outcome)
        if outcome.empty_folder:
            continue
        yield outcome
        if fail_fast and (tally.invalid or tally.missed):
            return


def _exit_code(tally: Tally) -> Exit:
    if tally.invalid or (tally.empty_folders and tally.cases):
        return Exit.INVALID_INPUT
    if not tally.cases:
        return Exit.NO_CASES
    return Exit.MISSED if tally.missed else Exit.DONE


def say_summary(knowledge: KnowledgeBase, tally: Tally, *, as_json: bool) -> None:
    """Write the counts of a run to standard error."""
    if as_json:
        import json  # noqa: PLC0415 - only here

        click.echo(json.dumps(tally.record(knowledge)), err=True)
        return
    for line in tally.lines(knowledge):
        click.echo(line, err=True)


def _keep_case(mismatch: Mismatch, output: str | None) -> None:
    """Say where the evaluators differ, and save the case beside the output."""
    import json  # noqa: PLC0415 - only here

    click.echo(str(mismatch), err=True)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", mismatch.case)[:60]
    beside = (
        Path(output).parent if output and "://" not in output and not is_written_through(output) else Path()
    )
    path = beside / f"mismatch-{name}.json"
    write_whole(path, [json.dumps([mismatch.data], ensure_ascii=False, indent=2) + "\n"])
    click.echo(
        f"The run stops here. The case is saved as {path}; run it with --engine experta and with "
        "--engine compiled, and report it together with the rules.",
        err=True,
    )
    leave(Exit.MISMATCH)
