"""The phone numbers that the person has set, by `--call NAME=NUMBER` or in an environment variable."""

from __future__ import annotations

import os

import click

VARIABLE = "TRIAGE_CALLS"
"""The environment variable with such settings, with semicolons between them."""


def numbers_set(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return the numbers that were set, by the name of the service; an option wins over the environment.

    Raises:
        BadParameter: a setting is not of the form NAME=NUMBER.
    """
    numbers: dict[str, str] = {}
    everywhere = [(VARIABLE, each) for each in os.environ.get(VARIABLE, "").split(";") if each.strip()]
    for place, setting in [*everywhere, *(("--call", each) for each in given)]:
        name, equals, number = (part.strip() for part in setting.partition("="))
        if not (name and equals and number):
            message = f'"{setting.strip()}" in {place} is not NAME=NUMBER, such as emergency_call=112'
            raise click.BadParameter(message, context, parameter)
        numbers[name] = number
    return numbers
