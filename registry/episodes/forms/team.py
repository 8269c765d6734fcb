"""Who fills which place in the care team."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from wtforms import Form, SelectField
from wtforms.fields import Field
from wtforms.validators import ValidationError

from registry.accounts.models import User
from registry.episodes.facts import TeamPlace
from registry.episodes.forms.dated import ChangeForm
from registry.episodes.rules import TEAM_USER_ROLES
from registry.web.form_fields import choices, line

NOBODY = ""


class PlaceForm(Form):
    """A place in the team: a user of the clinic, or a name."""

    user_id = SelectField("Person", validate_choice=False, default=NOBODY)
    name = line("Or somebody without an account")

    def offer(self, users: Sequence[User]) -> None:
        """The users who may take this place."""
        self._names = {str(user.id): user.name for user in users}
        self.user_id.choices = choices({NOBODY: "Nobody"} | self._names)

    def validate_user_id(self, field: Field) -> None:
        if field.data and field.data not in self._names:
            raise ValidationError("Choose somebody of this clinic from the list")
        if field.data and self.name.data:
            raise ValidationError("Choose a person or type a name, not both")

    @property
    def chosen_name(self) -> str:
        """Who was chosen, in words."""
        return self._names.get(self.user_id.data or NOBODY) or self.name.data or "Nobody"

    def place(self, role: str) -> TeamPlace:
        user_id = self.user_id.data
        return TeamPlace(role=role, user_id=uuid.UUID(user_id) if user_id else None, name=self.name.data or "")


def fitting(users: Iterable[User], role: str, clinic_id: uuid.UUID) -> list[User]:
    """Of the clinic's users, those whose role fits a place in the team."""
    return [
        user
        for user in users
        if user.is_active and not TEAM_USER_ROLES[role].isdisjoint(user.roles_by_clinic().get(clinic_id, frozenset()))
    ]


class TeamForm(ChangeForm, PlaceForm):
    """Who takes one place in the team."""
