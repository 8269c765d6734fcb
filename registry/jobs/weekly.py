"""Each clinic's Monday: everybody who works there is to hear how much is open for them."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from registry import clock
from registry.db.transaction import end_read
from registry.jobs.nightly import list_open_clinics
from registry.jobs.turns import take_turn
from registry.messages.digest import queue_digests
from registry.messages.rules import digest_week

DIGEST = "messages.digest"


def queue_digests_due(*, now: datetime | None = None) -> int:
    """Queue the count of open work for every clinic where it is Monday morning, once a week; for how many people.

    A Monday on which no consumer ran is passed over: on a Tuesday the day's own list says more.
    """
    now = now or clock.now()
    if current_app.config["SETTINGS"].mail is None:
        return 0
    local = [(clinic.id, digest_week(now.astimezone(clinic.zone))) for clinic in list_open_clinics(now)]
    end_read()
    queued = 0
    for clinic_id, week in local:
        turn = take_turn(DIGEST, f"{clinic_id} {week}") if week else None
        if turn is not None and week:
            number = queue_digests(clinic_id, week=week, at=now)
            turn.finish({"queued": number})
            queued += number
    return queued
