"""``flask instruments score`` and ``flask instruments export``: what we measure with, for others to check and use."""

from __future__ import annotations

import json
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from registry.exchange.fhir.questionnaire import questionnaire
from registry.exchange.fhir.terms import Terms
from registry.exchange.score_lines import read_lines, score_lines
from registry.measurements.instruments import DefinitionError, catalogue
from registry.measures.catalogue import Catalogue, UnknownInstrument

_FORMATS = {"fhir": questionnaire}


@click.command("score")
@with_appcontext
def score() -> None:
    """Score answers, a line of JSON each, from standard input.

    \b
    {"instrument": "phq-9", "answers": [0, 1, null, "declined", 3, 0, 0, 0, 0]}

    Answers stand in the order of the paper, or in an object by item; null is unanswered. Each line brings a line;
    one that cannot be scored brings its number and the reason, and the command ends with status 1.
    """
    is_sound = True
    for told in score_lines(read_lines(sys.stdin.buffer), _catalogue()):
        is_sound = is_sound and "error" not in told
        click.echo(json.dumps(told))
    if not is_sound:
        raise SystemExit(1)


@click.command("export")
@click.argument("instrument")
@click.option(
    "--format", "form", type=click.Choice(list(_FORMATS)), required=True, help="fhir: an SDC Questionnaire, R4."
)
@click.option("--version", help="Another version than the latest.")
@with_appcontext
def export(instrument: str, form: str, version: str | None) -> None:
    """Write an instrument, with how it is scored, for another program."""
    try:
        chosen = _catalogue().get(instrument, version)
    except UnknownInstrument as unknown:
        raise click.ClickException(f"There is no instrument {unknown}") from None
    written = _FORMATS[form](chosen, Terms(current_app.config["SETTINGS"].fhir_base))
    click.echo(json.dumps(written, indent=2, ensure_ascii=False).encode())


def _catalogue() -> Catalogue:
    try:
        return catalogue()
    except DefinitionError as wrong:
        raise click.ClickException(str(wrong)) from None
