"""What the rules look at, and what is stored of it: read of all these tables in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from registry.access.reading import Read, ReadTogether
from registry.alerts.clinic_numbers import DECIDED
from registry.alerts.loading.around import CONSENTS, HAVING_ENDING, LEGAL_STATUS
from registry.alerts.loading.care import CIRCUMSTANCES, CONTACTS, TRANSFERS
from registry.alerts.loading.life import EVENTS
from registry.alerts.loading.physical import FORMS, OBSERVED, check_scales
from registry.alerts.loading.ratings import RATED, rated_instruments
from registry.alerts.loading.reviews import ADVICE, REVIEWS
from registry.alerts.loading.safety import HAVING_REPORTS, HAVING_SIGNALS, MEASUREMENTS
from registry.alerts.owners import OF_RECORD
from registry.clinics.queries import FIGURES_IN_FORCE
from registry.db.together import Together
from registry.measurements.courses import SCORES
from registry.measurements.instruments import catalogue
from registry.measurements.standings import STANDINGS
from registry.measurements.tracked import MEASURES, TARGETS
from registry.plans.queries import PLANS
from registry.treatment.queries import STEPS

_TOGETHER = Together(
    DECIDED,
    FIGURES_IN_FORCE,
    HAVING_REPORTS,
    HAVING_SIGNALS,
    HAVING_ENDING,
    MEASURES,
    TARGETS,
    OF_RECORD,
    CONTACTS,
    REVIEWS,
    ADVICE,
    CONSENTS,
    LEGAL_STATUS,
    TRANSFERS,
    CIRCUMSTANCES,
    PLANS,
    EVENTS,
    FORMS,
    RATED,
    MEASUREMENTS,
    SCORES,
    STANDINGS,
    OBSERVED,
    STEPS,
)


def read_at_once(patient_ids: Collection[uuid.UUID]) -> Read:
    """What is on record of these people in any of these tables, and the numbers their clinics decided on."""
    return ReadTogether(
        _TOGETHER,
        patient_ids,
        {
            "losing_scales": sorted(catalogue().circumstances),
            "check_scales": list(check_scales()),
            "rated_instruments": rated_instruments(),
            "instruments": catalogue().danger_instruments,
        },
    )
