"""Entering consent, and the other teams that care for somebody."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from registry.episodes.facts import OtherTeamFacts
from registry.episodes.forms.dated import ChangeForm, DatedForm, past_date
from registry.episodes.forms.enrolment import ConsentFields
from registry.episodes.models import OtherTeam
from registry.episodes.rules import OTHER_TEAMS
from registry.web.form_fields import choices, line, paragraph


class ConsentForm(DatedForm, ConsentFields):
    """A consent given anew, or by somebody else."""


class RevokeConsentForm(DatedForm):
    on = past_date("Taken back on", missing="Enter the day it was taken back")
    said_by = line("By", required="Enter who took it back", hint='"patient", or who did so for the patient')
    why = paragraph("Why", required="Say why, in the person's words where you can", longest=500)

    @property
    def day(self) -> date:
        return self.on.day


class OtherTeamForm(ChangeForm):
    kind = SelectField(
        "Kind of team", [InputRequired("Choose the kind of team")], choices=choices({"": "Choose", **OTHER_TEAMS})
    )
    name = line("Name", required="Enter the name of the team", hint="For example: Maple House, ACT team North")
    does = line("Who does what", required="Say what they do", hint="For example: gives the injection on Tuesdays")
    reach = line("How to reach them", hint="Number, and when somebody answers")
    is_over = BooleanField("They are no longer involved")

    @classmethod
    def of(cls, team: OtherTeam | None, *, today: date, version: str) -> OtherTeamForm:
        """The form as sent, or as opened for ``team``."""
        values: dict[str, Any] = {"today": today, "on": today, "version": version}
        if team is not None:
            values |= {"kind": team.kind, "name": team.name, "does": team.does, "reach": team.reach}
        return cls(**values)

    def facts(self) -> OtherTeamFacts:
        return OtherTeamFacts(
            kind=self.kind.data,
            name=self.name.data or "",
            does=self.does.data or "",
            reach=self.reach.data or "",
        )
