"""Episodes in words."""

from registry.episodes.presenters.care import (
    ChangePage,
    EnrolPage,
    PeoplePage,
    ScaleRow,
    condition_words,
    consent_words,
    level_words,
    person_line,
    scale_name,
    target_words,
)

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
