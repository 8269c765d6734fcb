"""Pages about people in care: finding them, referring and enrolling them, and what changes on the way."""

from registry.episodes.views import care, changes, death, enrolment, focus, people
from registry.episodes.views.common import blueprint

__all__ = ["blueprint", "care", "changes", "death", "enrolment", "focus", "people"]
