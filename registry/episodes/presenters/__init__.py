"""Episodes in words."""

from registry.episodes.presenters.care import condition_words, consent_words, target_words
from registry.episodes.presenters.change import ChangePage
from registry.episodes.presenters.enrolment import EnrolPage, ScaleRow, level_words, scale_name
from registry.episodes.presenters.people import PeoplePage, person_line

__all__ = [
    "ChangePage",
    "EnrolPage",
    "PeoplePage",
    "ScaleRow",
    "condition_words",
    "consent_words",
    "level_words",
    "person_line",
    "scale_name",
    "target_words",
]
