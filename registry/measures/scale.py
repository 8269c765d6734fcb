"""A scale of an instrument: how answers become its score, and every published number needed to read it.

Everything here is frozen data; ``scoring`` works scores out, ``course`` follows them.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property


class Status(StrEnum):
    """How far a clinical number can be trusted."""

    VERIFIED = "verified"  # read in the cited source
    LITERATURE = "literature"  # standard in the field, cited but not re-read
    CONSENSUS = "consensus"  # a clinician's judgement; counts only once a clinic adopts it
    UNVERIFIED = "unverified"  # no source confirmed


_IN_FORCE = frozenset({Status.VERIFIED, Status.LITERATURE})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number or statement comes from. ``is_adopted``: a clinic signed for what stands on consensus."""

    text: str
    status: Status
    is_adopted: bool = False

    @property
    def is_in_force(self) -> bool:
        """Whether what it says may drive a conclusion."""
        return self.status in _IN_FORCE or (self.is_adopted and self.status is Status.CONSENSUS)


@dataclass(frozen=True, slots=True)
class Figure:
    """A clinical number with its source. Shown always; acted on only when its source is good enough."""

    value: Decimal
    source: Source

    @property
    def in_force(self) -> Decimal | None:
        """The number where it may drive a conclusion, else None: an unconfirmed number fires nothing."""
        return self.value if self.source.is_in_force else None


def _in_force(figure: Figure | None) -> Decimal | None:
    return None if figure is None else figure.in_force


class DangerKind(StrEnum):
    """What a safety answer or score tells of."""

    SELF_HARM = "self-harm"
    ABUSE = "abuse"


@dataclass(frozen=True, slots=True)
class Danger:
    """A scale whose score at the cut-off or worse is a danger: of which kind, and what is to be done the same day."""

    kind: DangerKind
    calls_for: str
    source: Source


class Better(StrEnum):
    """Which direction of a scale is good for the patient."""

    LOWER = "lower"
    HIGHER = "higher"


class Rule(StrEnum):
    """How the answers of a scale become its score."""

    SUM = "sum"
    MEAN = "mean"
    CATEGORY = "category"  # one structured question; its answer belongs to a category and has no number
    CRITERIA = "criteria"  # the first level whose conditions hold is the category; no number


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of a scale, ends included. ``severity`` counts up from 0 with worsening."""

    label: str
    low: Decimal
    high: Decimal
    severity: int


@dataclass(frozen=True, slots=True)
class Prorating:
    """How many missing items a scale tolerates before its score is withheld."""

    at_most_missing: int
    source: Source


@dataclass(frozen=True, slots=True)
class Loss:
    """A change of category that is a loss to the patient, such as housed to homeless."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds where at least ``at_least`` of ``items`` have an answer between ``low`` and ``high``, ends included.

    Answers are compared as printed, whatever they add to a score.
    """

    items: tuple[str, ...]
    low: int | None = None
    high: int | None = None
    at_least: int = 1

    def is_met_by(self, value: int) -> bool:
        """Whether one answer counts."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Level:
    """One result of a criteria scale. It holds where each condition of ``all`` does, and one of ``any`` if there are.

    Without conditions it holds where no level before it did.
    """

    category: str
    label: str
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()

    @property
    def is_otherwise(self) -> bool:
        """Whether this is what is left when no other level holds."""
        return not self.all and not self.any


@dataclass(frozen=True, slots=True)
class Recode:
    """What the answers to some items add to this scale only: choice value → points."""

    items: tuple[str, ...]
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Scale:
    """One score of an instrument, and every published number needed to read it; compared as that object.

    A number is the sum or the mean of the points of ``items``, times ``times`` over ``divided_by``,
    rounded half up to ``decimals``. Of the items of a group in ``highest_of`` only the highest counts.

    ``cutoff``, ``remission`` and ``target`` are levels on the scale: a score is elevated at the
    cut-off or worse, in remission at that level or better. ``response`` is a percentage of the
    distance from ``floor``, ``response_points`` a number of points; ``response_from`` the level a
    baseline has to have for a response to be expected, where no cut-off is published. ``domain`` is
    named where it is not the instrument's. A category scale has categories instead of numbers, a
    criteria scale ``levels`` from the worst to the mildest.

    Of a comparison each score says itself how much has changed since the start: it has no baseline and no change.
    A profile is ratings side by side: its number is the highest of them, never a sum, and it is worse where a rating
    comes to ``newly_present`` or is up by ``risen_by`` points (see ``profile``).
    """

    id: str
    name: str
    items: tuple[str, ...]
    rule: Rule
    better: Better = Better.LOWER
    domain: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    floor: Decimal = Decimal(0)
    times: int = 1
    divided_by: int = 1
    decimals: int = 0
    highest_of: tuple[tuple[str, ...], ...] = ()
    recodes: tuple[Recode, ...] = ()
    rule_source: Source | None = None
    bands: tuple[Band, ...] = ()
    bands_source: Source | None = None
    cutoff: Figure | None = None
    remission: Figure | None = None
    response: Figure | None = None
    response_points: Figure | None = None
    response_from: Figure | None = None
    improved_level: Figure | None = None
    reliable_change: Figure | None = None
    target: Figure | None = None
    prorating: Prorating | None = None
    levels: tuple[Level, ...] = ()
    categories: tuple[str, ...] = ()
    interludes: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    losses_source: Source | None = None
    code: str | None = None
    is_comparison: bool = False
    is_profile: bool = False
    newly_present: Figure | None = None
    risen_by: Figure | None = None
    danger: Danger | None = None

    @cached_property
    def has_total(self) -> bool:
        """Whether this scale yields a number that can be followed over time."""
        return self.rule in (Rule.SUM, Rule.MEAN)

    @property
    def is_circumstance(self) -> bool:
        """Whether it says how somebody lives, so that a change can be a loss: housing, work."""
        return bool(self.losses)

    @property
    def is_whole(self) -> bool:
        """Whether its number is a whole one, so that a total on paper can be copied."""
        return self.has_total and self.decimals == 0

    @property
    def step(self) -> Decimal:
        """The smallest difference between two scores as they are rounded."""
        return Decimal(1).scaleb(-self.decimals)

    @cached_property
    def cutoff_in_force(self) -> Decimal | None:
        """Elevated at this level or worse; None where no sourced cut-off exists."""
        return _in_force(self.cutoff)

    @cached_property
    def remission_in_force(self) -> Decimal | None:
        """In remission at this level or better; None where no sourced level exists."""
        return _in_force(self.remission)

    @cached_property
    def response_in_force(self) -> Decimal | None:
        """Responded when improved by this percentage of the distance from the floor; None where unsourced."""
        return _in_force(self.response)

    @cached_property
    def response_points_in_force(self) -> Decimal | None:
        """Responded when better by this many points; None where unsourced."""
        return _in_force(self.response_points)

    @property
    def has_response(self) -> bool:
        """Whether a source says what a response is."""
        return self.response_in_force is not None or self.response_points_in_force is not None

    @cached_property
    def response_from_in_force(self) -> Decimal | None:
        """A response is expected from a baseline at this level or worse: the cut-off, where there is one."""
        return self.cutoff_in_force if self.cutoff_in_force is not None else _in_force(self.response_from)

    @cached_property
    def improved_level_in_force(self) -> Decimal | None:
        """Counts as improved in reports at this level or better; None where unsourced."""
        return _in_force(self.improved_level)

    @property
    def has_course(self) -> bool:
        """Whether its scores are compared with a first one: not where each is a comparison already."""
        return self.has_total and not self.is_comparison

    @cached_property
    def newly_present_in_force(self) -> Decimal | None:
        """A rating of a profile that comes to this level or worse is worse; None where unsourced."""
        return _in_force(self.newly_present)

    @cached_property
    def risen_by_in_force(self) -> Decimal | None:
        """A rating of a profile that got worse by so many points is worse; None where unsourced."""
        return _in_force(self.risen_by)

    @cached_property
    def reliable_change_in_force(self) -> Decimal | None:
        """The smallest change, in points, that is more than noise; None where none is published."""
        return _in_force(self.reliable_change)

    @cached_property
    def target_in_force(self) -> Decimal | None:
        """The treatment target offered by default, this level or better; None where unsourced."""
        return _in_force(self.target)

    @property
    def tolerated_missing(self) -> int:
        """How many items may be missing before the score is withheld; none by a rule nobody has confirmed."""
        rule = self.prorating
        return rule.at_most_missing if rule is not None and rule.source.is_in_force else 0

    def is_at_or_better(self, value: Decimal, level: Decimal) -> bool:
        """Whether ``value`` is as good as ``level`` or better for the patient."""
        return value <= level if self.better is Better.LOWER else value >= level

    def is_at_or_worse(self, value: Decimal, level: Decimal) -> bool:
        """Whether ``value`` is as bad as ``level`` or worse for the patient."""
        return value >= level if self.better is Better.LOWER else value <= level

    def worsening(self, *, before: Decimal, after: Decimal) -> Decimal:
        """Points by which the patient is worse; negative means better."""
        return after - before if self.better is Better.LOWER else before - after

    def band_of(self, value: Decimal) -> Band | None:
        """The band ``value`` falls in. A prorated decimal belongs to the band it has reached."""
        reached = [band for band in self.bands if band.low <= value]
        return max(reached, key=lambda band: band.low, default=None)
