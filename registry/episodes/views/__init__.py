"""Pages about people in care: finding them, referring and enrolling them, and what changes on the way."""

from registry.episodes.views import around, care, changes, death, enrolment, focus, mending, people, transfers
from registry.episodes.views.common import blueprint

__all__ = ["around", "blueprint", "care", "changes", "death", "enrolment", "focus", "mending", "people", "transfers"]
