"""Who may say that a review was entered in error: whoever recorded it, and who leads the clinic."""

from __future__ import annotations

from registry.access.policy import clinics_where
from registry.accounts.models import User
from registry.review.models import Review


def may_void(review: Review, user: User) -> bool:
    """Whether the person may mark this review; one that is marked already stays as it is."""
    if review.clinic_id not in clinics_where(user, "review.void"):
        return False
    return review.consultant_id == user.id or review.clinic_id in clinics_where(user, "work.reassign")
