"""What the tests of accounts share: somebody who signs in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from registry.access.roles import Role
from registry.accounts import actions
from registry.clinics.actions import ClinicFacts, add_clinic, add_organisation

MORNING = datetime(2026, 3, 12, 15, tzinfo=UTC)
PASSWORD = "lantern orchard seven"


@pytest.fixture
def osei(app: Flask) -> str:
    """A care manager; the e-mail address signs in."""
    with app.app_context(), time_machine.travel(MORNING, tick=False):
        organisation = add_organisation(name="Org", time_zone="America/New_York", by=None)
        clinic = add_clinic(
            organisation=organisation, facts=ClinicFacts(name="Harbor", time_zone="America/New_York"), by=None
        )
        user = actions.add_user(
            name="R Osei", email="osei@example.org", password=PASSWORD, by=None, must_change_password=False
        )
        actions.give_role(user, clinic_id=clinic.id, role=Role.CARE_MANAGER, starts_on=date(2026, 1, 1), by=None)
    return "osei@example.org"
