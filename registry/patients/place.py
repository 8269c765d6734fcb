"""Where the signed-in person works: their clinics for an action, and what day it is there."""

from __future__ import annotations

from datetime import date

from flask_login import current_user

from registry import clock
from registry.access.policy import permitted_clinics
from registry.clinics.models import Clinic


def clinics_for(action: str) -> list[Clinic]:
    """The clinics in which the person may do ``action``, by name. Stops the request (403) when there is none."""
    wanted = permitted_clinics(action)
    by_id = {membership.clinic_id: membership.clinic for membership in current_user.memberships}
    return sorted((by_id[clinic_id] for clinic_id in wanted), key=lambda clinic: clinic.name)


def local_today(action: str) -> date:
    """The latest local date in those clinics: what is not in the future in any of them."""
    now = clock.now()
    return max(clinic.today(now) for clinic in clinics_for(action))
