"""When a case was opened for review: what came later, the reviewer cannot have seen."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from wtforms import HiddenField


def sign_opening(episode_id: uuid.UUID, at: datetime) -> str:
    """The instant as the form of this episode carries it: nobody can move it, or take it to another episode."""
    return str(_signer(episode_id).dumps(at.isoformat()))


def opened_at(signed: str, episode_id: uuid.UUID) -> datetime | None:
    """The instant ``sign_opening`` was given for this episode; ``None`` for anything else."""
    try:
        return datetime.fromisoformat(_signer(episode_id).loads(signed))
    except (BadData, TypeError, ValueError):
        return None


def _signer(episode_id: uuid.UUID) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"review opened {episode_id}")


class Opening(HiddenField):
    """A signed instant. Left out of what was sent it is none, and never the one the form is made with."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""
