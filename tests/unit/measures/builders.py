"""Small made-up instruments, scales and courses; a test sets only what it is about."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from registry.measures.answers import Answer
from registry.measures.course import Course, DatedScore, Target, follow
from registry.measures.instrument import Instrument
from registry.measures.scale import Band, Better, Figure, Rule, Scale, Source, Status

START = date(2026, 1, 5)
LITERATURE = Source("a paper", Status.LITERATURE)


def figure(value: float, status: Status = Status.LITERATURE) -> Figure:
    return Figure(Decimal(str(value)), Source("a paper", status))


def depression_scale(**changes: Any) -> Scale:
    """A scale with the numbers of the PHQ-9: cut-off 10, target and remission 4, response 50 %, reliable change 5."""
    bands = [("minimal", 0, 4), ("mild", 5, 9), ("moderate", 10, 14), ("moderately severe", 15, 19), ("severe", 20, 27)]
    values: dict[str, Any] = {
        "id": "total",
        "name": "Depression",
        "items": ("1",),
        "rule": Rule.SUM,
        "minimum": Decimal(0),
        "maximum": Decimal(27),
        "bands": tuple(Band(label, Decimal(a), Decimal(b), n) for n, (label, a, b) in enumerate(bands)),
        "bands_source": LITERATURE,
        "cutoff": figure(10),
        "remission": figure(4),
        "response": figure(50),
        "improved_level": figure(9),
        "reliable_change": figure(5),
        "target": figure(4),
    }
    return Scale(**(values | changes))


def wellbeing_scale() -> Scale:
    """A scale where higher is better: elevated at 50 or lower, target 70, reliable change 10."""
    return depression_scale(
        name="Well-being",
        better=Better.HIGHER,
        maximum=Decimal(100),
        bands=(Band("poor", Decimal(0), Decimal(50), 1), Band("good", Decimal(51), Decimal(100), 0)),
        cutoff=figure(50),
        remission=figure(70),
        target=figure(70),
        improved_level=None,
        reliable_change=figure(10),
    )


def on_day(day: int, value: float, *, prorated: bool = False) -> DatedScore:
    """A score ``day`` days after the start of the course."""
    return DatedScore(on=START + timedelta(days=day), value=Decimal(str(value)), prorated=prorated)


TARGET = Target(at_most=Decimal(4))


def course_of(*scores: DatedScore, scale: Scale | None = None, target: Target | None = TARGET) -> Course:
    return follow(scores, scale=scale or depression_scale(), starts_on=START, target=target)


def monthly(*values: float) -> list[DatedScore]:
    """Scores every 28 days from the start."""
    return [on_day(28 * month, value) for month, value in enumerate(values)]


def answers(instrument: Instrument, values: Sequence[Answer], **others: Answer) -> Mapping[str, Answer]:
    """Answers to the scored items in order, and to others by id."""
    scored = [item.id for item in instrument.items if item.scored]
    return dict(zip(scored, values, strict=True)) | others
