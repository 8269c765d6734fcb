"""A year of a small organisation, day by day: what must be true every evening of it, and what its record says after.

``test_every_day_…`` names the day and the person in what it finds; the same seed finds it again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask, current_app

from registry import clock
from registry.audit.chain import verify
from registry.audit.queries import iterate_links
from tests.integration.alerts.scene import on_stage
from tests.timetravel.deeds import deeds
from tests.timetravel.escalations import Watch
from tests.timetravel.invariants import wrong_today
from tests.timetravel.life import FIRST_DAY, Life, a_life, late_looks, live, nights

SEED = 8
YEAR = 365
A_MONTH = 28
"""What every run of the tests has time for, past the night the clocks of New York go forward; ``make trust`` lives
whole years."""


def days(number: int) -> Iterator[date]:
    """The UTC dates of a life's first ``number`` days."""
    return (FIRST_DAY + timedelta(days=past) for past in range(number))


def evening(day: date) -> datetime:
    """The end of a UTC date: afternoon or evening everywhere in these clinics, each swept on its own date."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


def lived(life: Life, number: int) -> list[str]:
    """Everything that was wrong, up to and with the first day something was."""
    watch = Watch([life])
    for day in days(number):
        moments = [*nights(life, day), *deeds(life, day), *late_looks(life, day, watch)]
        live(moments, until=evening(day), watch=watch)
        with clock.at(evening(day)):
            wrong = [*watch.wrong, *(f"{day}: {words}" for words in wrong_today(life))]
        if wrong:
            return [f"seed {life.seed}", *wrong]
    assert watch.steps > 0, "nobody ever failed to answer: nothing was tried"
    assert watch.called > 0, "nothing was ever left for who is on call: nothing was tried"
    assert watch.told > 0, "somebody took up every action: nothing was tried"
    return []


def broken_links() -> list[str]:
    key = current_app.config["SETTINGS"].audit_key.encode()
    return [str(each) for each in verify(iterate_links(), key=key).breaks]


def test_every_day_alerts_and_what_is_stored_are_what_the_facts_say(app: Flask) -> None:
    with on_stage(app):
        wrong = lived(a_life("Riverside", seed=SEED, people=2), A_MONTH)
        assert not wrong, "\n".join(wrong)
        assert broken_links() == []


@pytest.mark.trust
@pytest.mark.parametrize("seed", random.Random(2026).sample(range(10_000), k=6))
def test_every_day_of_many_years(app: Flask, seed: int) -> None:
    with on_stage(app):
        wrong = lived(a_life("Riverside", seed=seed, people=9), YEAR)
        assert not wrong, "\n".join(wrong)
        assert broken_links() == []
