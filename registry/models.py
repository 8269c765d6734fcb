"""Every table, loaded: migrations and the gateway need them all."""

import registry.access.models
import registry.accounts.models
import registry.alerts.models
import registry.audit.models
import registry.caseload.models
import registry.clinics.models
import registry.contacts.models
import registry.episodes.models
import registry.exchange.models
import registry.jobs.models
import registry.life.models
import registry.measurements.models
import registry.messages.models
import registry.patients.models
import registry.physical.models
import registry.plans.models
import registry.review.models
import registry.tasks.models
import registry.treatment.models

__all__ = ["registry"]
