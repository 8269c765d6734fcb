"""Whose acts the person now signed in may see, and among which clinics and people they may choose."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_login import current_user

from registry.access.policy import can, clinics_where
from registry.accounts.queries import staff_names
from registry.administration.reach import clinics_in_reach
from registry.clinics.models import Clinic
from registry.clinics.queries import count_clinics, list_clinics

FEW_CLINICS = 5
"""So many clinics' people are named in one menu; of more, the people of the clinic that was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailReach:
    """``clinics`` by name; none for whoever sees their own acts only. ``is_unlimited``: every act there is."""

    clinics: Sequence[Clinic]
    is_unlimited: bool
    is_organisations: bool
    """Of the organisation, without its patients; else of the clinics one works in."""
    chosen: Clinic | None

    @property
    def whose(self) -> str:
        if self.chosen is not None:
            return f"Every act at {self.chosen.name}, on its patients and of its people"
        if self.is_organisations:
            return "Every act in the organisation, without anything from a patient's record"
        return "Every act in your clinics" if self.clinics else "Your own acts"

    @property
    def clinic_ids(self) -> frozenset[uuid.UUID] | None:
        """The clinics whose acts are asked for; None without a limit."""
        if self.chosen is not None:
            return frozenset({self.chosen.id})
        return None if self.is_unlimited or not self.clinics else frozenset(clinic.id for clinic in self.clinics)

    @property
    def zone(self) -> ZoneInfo:
        """That of the first clinic: the trail of several still reads as one day."""
        clinics = (
            [self.chosen] if self.chosen is not None else self.clinics or list_clinics(current_user.roles_by_clinic())
        )
        return clinics[0].zone if clinics else ZoneInfo("UTC")

    @property
    def names_everybody(self) -> bool:
        """Whether there are few enough people to choose from; else a clinic is chosen first."""
        return self.chosen is not None or len(self.clinics) <= FEW_CLINICS

    def people(self, asked: uuid.UUID | None) -> Mapping[uuid.UUID, str]:
        """Whose acts one may ask for, by name; of too many people whoever is ``asked`` for already."""
        if not self.clinics:
            return {current_user.id: current_user.name}
        if not self.names_everybody and asked is None:
            return {}
        among = [self.chosen] if self.chosen is not None else self.clinics
        only = None if self.names_everybody else asked
        return staff_names({clinic.id for clinic in among}, ever=self.is_organisations, only=only)


def trail_reach(clinic_id: uuid.UUID | None) -> TrailReach:
    """Of the person now signed in, narrowed to a clinic where they may see it; any other is not asked for."""
    is_organisations = can(current_user, "audit.names")
    if is_organisations:
        clinics = clinics_in_reach("audit.names")
    else:
        mine = clinics_where(current_user, "audit.clinic")
        clinics = list_clinics(mine) if mine else ()
    return TrailReach(
        clinics=clinics,
        is_unlimited=is_organisations and len(clinics) == count_clinics(),
        is_organisations=is_organisations,
        chosen=next((clinic for clinic in clinics if clinic.id == clinic_id), None),
    )
