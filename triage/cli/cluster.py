"""The runs of `triage evaluate --dask`."""

from __future__ import annotations

import sys

import click

from triage.cli.common import Exit, leave, warn
from triage.cli.evaluation import Messages, Options
from triage.cli.progress import ProgressLine
from triage.evaluation.tally import Tally
from triage.knowledge.model import KnowledgeBase

_GOES_ON = "What is finished is kept. Run the same command again to go on from there."


def run_cluster(knowledge: KnowledgeBase, options: Options, where: str) -> Tally:
    """Let the workers of a cluster write the parts of a run, and return the counts.

    Raises:
        Mismatch: the two evaluators differ on a case that was checked.
    """
    try:
        from triage.cluster.cluster import ClusterRun  # noqa: PLC0415 - may not be installed
        from triage.cluster.connection import connected  # noqa: PLC0415 - with it
        from triage.cluster.manifest import RefusedError  # noqa: PLC0415 - with it
        from triage.cluster.parts import BrokenOffError, InputChangedError  # noqa: PLC0415 - with it
        from triage.cluster.stores import StoreError  # noqa: PLC0415 - with it
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("triage"):
            raise
        raise click.UsageError(
            f"--dask needs more packages ({error.name}): pip install 'cramp-triage[dask]'"
        ) from None
    progress = ProgressLine(sys.stderr)
    messages = Messages(progress)
    run = ClusterRun(
        knowledge=knowledge,
        settings=options.settings,
        paths=options.paths,
        folder=options.output or "",
        say=messages.say,
        more=messages.count,
        watch=progress,
        note=progress.note,
        begin=progress.begin,
    )
    try:
        run.prepare()
        warn("repeated ids are not looked for: workers do not compare the ids of their cases")
        progress.note("starting workers" if where == "local" else f"connecting to {where}")
        with connected(where) as client:
            run.run(client)
    except (RefusedError, StoreError) as error:
        progress.clear()
        raise click.UsageError(str(error)) from None
    except BrokenOffError as error:
        progress.clear()
        click.echo(f"{error}.", err=True)
        if not isinstance(error, InputChangedError):
            click.echo(_GOES_ON, err=True)
        leave(Exit.BROKEN_OFF)
    except OSError as error:
        progress.clear()
        click.echo(f"{run.folder}: cannot be written: {(error.strerror or str(error)).lower()}.", err=True)
        click.echo(_GOES_ON, err=True)
        leave(Exit.BROKEN_OFF)
    except (KeyboardInterrupt, SystemExit):
        progress.clear()
        click.echo(_GOES_ON, err=True)
        raise
    finally:
        progress.clear()
    messages.say_rest()
    if run.were_there:
        click.echo(f"{run.were_there:,} of {run.parts:,} parts were already there", err=True)
    return run.tally
