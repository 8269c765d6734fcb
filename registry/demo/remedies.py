"""What is tried with invented people, and what they want, in words of the field."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Medicine:
    name: str
    medicine_class: str
    amounts: tuple[int, ...]
    """Mg a day, from step to step."""
    ingredient: str | None = None
    """A key of ``medicines.toml``, of those whose blood tests are asked for."""

    @property
    def keys(self) -> frozenset[str]:
        """What protocols call it."""
        named = {self.ingredient, "antipsychotic" if self.medicine_class == "antipsychotic" else None}
        return frozenset(each for each in named if each)


MEDICINES = {
    "psychosis": (
        Medicine("olanzapine", "antipsychotic", (5, 10, 15)),
        Medicine("aripiprazole", "antipsychotic", (10, 15, 20)),
        Medicine("risperidone", "antipsychotic", (2, 4)),
        Medicine("clozapine", "antipsychotic", (100, 200, 300), "clozapine"),
    ),
    "bipolar": (
        Medicine("lithium", "mood-stabiliser", (600, 900, 1200), "lithium"),
        Medicine("lamotrigine", "mood-stabiliser", (25, 100, 200)),
        Medicine("quetiapine", "antipsychotic", (100, 300)),
    ),
    "depression": (
        Medicine("sertraline", "antidepressant", (50, 100, 150)),
        Medicine("bupropion", "antidepressant", (150, 300)),
        Medicine("mirtazapine", "antidepressant", (15, 30, 45)),
    ),
}
THERAPIES = ("Behavioural activation", "Problem solving", "Cognitive therapy", "Family psychoeducation")
GOALS = (
    "Keep the flat and see my nephew on Sundays",
    "Back to two shifts a week at the bakery",
    "Sleep through, without the voices keeping me up",
    "Ride the bus alone again",
    "Play bass in church by Easter",
    "A month without the emergency room",
)
