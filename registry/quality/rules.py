"""What each number of a clinic counts, whom it leaves out and why, and where that is from. Pure.

Every open episode falls into exactly one part of each metric: met, not met, or left out for one reason. A missing
follow-up is not met; nobody is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MET, NOT_MET = "met", "not-met"
BESIDE_MANIA = "beside-mania"
"""Depression better while mania was elevated or rising: in the denominator, and no success."""
COUNTED = "counted"
"""All of these together: the denominator."""
NO_CUT_OFF = "no-cut-off"
"""Left out because nothing published says whether the outcome measure was elevated."""
DENOMINATOR = (MET, NOT_MET, BESIDE_MANIA)

ELEVATED_AFTER_DAYS = 56
"""Eight weeks from an elevated baseline until somebody without a response is off target (Bao 2015)."""

IMPROVED_AFTER_DAYS = 70
"""Days enrolled before improvement is expected (New York State OMH collaborative care metrics 2025, metric 6)."""

FEW_PEOPLE = 10
"""Of fewer than these no share of a month is printed: one person would move it by more than ten points."""

_REFERRED = {"referred": "referred, not enrolled yet"}
_PAUSED = {"paused": "care is paused, with a date to return"}
_NO_BASELINE = {"no-baseline": "no baseline score on the outcome measure"}
_NOT_ELEVATED = {"not-elevated": "the baseline was not elevated"}
_NO_CUT_OFF = {NO_CUT_OFF: "the outcome measure has no published cut-off"}


@dataclass(frozen=True, slots=True)
class Metric:
    """One number. ``met``, ``not_met`` and ``beside_mania`` say what those parts are; ``excluded``: reason → words."""

    key: str
    title: str
    definition: str
    source: str
    met: str
    not_met: str
    excluded: Mapping[str, str]
    beside_mania: str = ""
    is_share: bool = True
    """Shown as numerator of denominator; otherwise only how many."""

    @property
    def parts(self) -> Mapping[str, str]:
        """Every part of the open episodes that can be listed → its words; ``COUNTED`` is the denominator."""
        return {**self.counted, COUNTED: "the denominator", **self.excluded}

    @property
    def counted(self) -> Mapping[str, str]:
        """The parts of the denominator → their words."""
        parts = {MET: self.met, NOT_MET: self.not_met, BESIDE_MANIA: self.beside_mania}
        return {part: words for part, words in parts.items() if words}


ACTIVE = Metric(
    key="active",
    title="Active",
    definition="Open episodes of people enrolled: engaging, active or maintaining today, or paused longer than agreed.",
    source="The start of every metric is the care manager's initial assessment",
    met="in care",
    not_met="",
    excluded={**_REFERRED, **_PAUSED},
    is_share=False,
)
NOT_SEEN = Metric(
    key="not-seen",
    title="Not seen in 30 days",
    definition="In care, and no two-way treatment contact for 30 days or more; before the first one, since enrolment.",
    source="New York State OMH collaborative care metrics 2025: a clinical contact every month",
    met="not seen in 30 days",
    not_met="seen",
    excluded={**_REFERRED, **_PAUSED},
)
OFF_TARGET = Metric(
    key="off-target",
    title="Off target",
    definition="In care, 8 weeks or more after an elevated baseline on the outcome measure: no response, or not known.",
    source="Consultation in weeks 8 to 12 without a response by week 8 (Bao 2015, doi 10.1176/appi.ps.201400577)",
    met="off target",
    not_met="responding, at target",
    beside_mania="responding or at target on depression, with mania elevated or rising",
    excluded={
        **_REFERRED,
        **_PAUSED,
        **_NO_BASELINE,
        **_NO_CUT_OFF,
        **_NOT_ELEVATED,
        "too-early": "less than 8 weeks since the baseline",
    },
)
REVIEWED = Metric(
    key="reviewed",
    title="Reviewed in 8 weeks",
    definition="In care, and reviewed by the psychiatrist less than 8 weeks ago; never reviewed is not reviewed.",
    source="Systematic case review: fewer reviews, lower response and remission (doi 10.1176/appi.focus.20170019)",
    met="reviewed in 8 weeks",
    not_met="not reviewed in 8 weeks",
    excluded={**_REFERRED, **_PAUSED},
)
IMPROVED = Metric(
    key="improved",
    title="Improved",
    definition=(
        "Open episodes enrolled 70 days or more with an elevated baseline on the outcome measure; "
        "improved by half or more since, "
        "or at the level its instrument file counts as improved (PHQ-9 and GAD-7: below 10). "
        "The last score carries forward; without a follow-up nobody has improved. "
        "Depression that is better beside elevated or rising mania stays in the denominator and is not counted."
    ),
    source="New York State OMH collaborative care metrics 2025, metric 6 and Appendix A; its target is 60 % or more",
    met="improved",
    not_met="not improved",
    beside_mania="better on depression, with mania elevated or rising",
    excluded={
        **_REFERRED,
        "too-early": "enrolled less than 70 days",
        **_NO_BASELINE,
        **_NO_CUT_OFF,
        **_NOT_ELEVATED,
    },
)

METRICS: Mapping[str, Metric] = {each.key: each for each in (ACTIVE, NOT_SEEN, OFF_TARGET, REVIEWED, IMPROVED)}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many episodes fall into each part of one metric."""

    parts: Mapping[str, int]

    def of(self, part: str) -> int:
        """The episodes of one part; ``COUNTED`` is the denominator."""
        if part == COUNTED:
            return sum(self.of(each) for each in DENOMINATOR)
        return self.parts.get(part, 0)

    @property
    def total(self) -> int:
        """Every open episode, left out or not."""
        return sum(self.parts.values())

    @property
    def percent(self) -> int | None:
        """The share met, rounded half up; ``None`` when nobody is counted."""
        counted = self.of(COUNTED)
        return None if counted == 0 else (self.of(MET) * 200 + counted) // (2 * counted)
