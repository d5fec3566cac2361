"""`triage population`: made-up people as JSONL, to try out the program under load."""

from __future__ import annotations

import math
import tomllib
from importlib import resources

import click

from triage.cli.common import Exit, leave, load, rules_option
from triage.cli.files import check_targets, output_option, put
from triage.population.population import EQUAL_CHANCES, PopulationError, read_proportions
from triage.population.population import population as people


def _share(_: click.Context, option: click.Parameter, share: float) -> float:
    """Refuse NaN, which passes every range check."""
    if math.isnan(share):
        raise click.BadParameter("is not a number; give a share from 0 to 1", param=option)
    return share


@click.command()
@click.option("--count", type=click.IntRange(min=0), required=True, metavar="N", help="How many people.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    required=True,
    metavar="S",
    help="The same seed gives the same people.",
)
@click.option(
    "--invalid",
    type=click.FloatRange(0, 1),
    default=0.0,
    callback=_share,
    metavar="SHARE",
    help="Make this share of the lines invalid; 0.005 is one in two hundred.",
)
@output_option
@rules_option
def population(count: int, seed: int, invalid: float, output: str | None, rules: str | None) -> None:
    """Write made-up people as JSONL, one case a line, for load and coverage.

    The proportions are made up too, so nothing counted in such a population says anything about real people.
    With a knowledge base other than the bundled one, every answer has equal chances.
    The same seed gives the same bytes on every machine.
    """
    check_targets(output)
    knowledge = load(rules)
    data = tomllib.loads(resources.files("triage.population").joinpath("population.toml").read_text("utf-8"))
    try:
        its_own = data["knowledge_base"] == knowledge.id
        proportions = read_proportions(knowledge, data) if its_own else EQUAL_CHANCES
    except PopulationError as error:
        click.echo(f"population.toml does not fit these rules: {error}", err=True)
        leave(Exit.INVALID_KNOWLEDGE_BASE)
    pieces = people(knowledge, proportions, count=count, seed=seed, invalid=invalid)
    put(pieces, output)
