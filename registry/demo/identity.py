"""Who an invented person is: name, age, origins, languages, cover, and how they can be reached. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from registry.demo import names
from registry.demo.chance import happens, weighted
from registry.patients.facts import ContactPointFacts, PatientFacts

_GENDERS = {"woman": 0.475, "man": 0.475, "non-binary": 0.02, "transgender-woman": 0.015, "transgender-man": 0.015}
_PRONOUNS = {
    "woman": "she/her",
    "man": "he/him",
    "non-binary": "they/them",
    "transgender-woman": "she/her",
    "transgender-man": "he/him",
}
_SEX_AT_BIRTH = {"woman": "female", "man": "male", "transgender-woman": "male", "transgender-man": "female"}
_RACES = {
    ("white",): 0.38,
    ("black",): 0.26,
    ("another",): 0.13,
    ("asian",): 0.08,
    ("american-indian",): 0.02,
    ("white", "black"): 0.03,
    ("pacific-islander",): 0.01,
    ("asked-no-answer",): 0.05,
    (): 0.04,
}
_ETHNICITIES = {"not-hispanic": 0.66, "hispanic": 0.24, "asked-no-answer": 0.06, "": 0.04}
_LANGUAGES = {"en": 0.8, "es": 0.12, "zh": 0.02, "ht": 0.02, "ru": 0.015, "ar": 0.015, "ase": 0.01}
_PAYERS = {"medicaid": 0.52, "dual": 0.17, "medicare": 0.09, "commercial": 0.15, "none": 0.05, "": 0.02}
_PRIMARY_CARE = ("Dr. Halloran, Canal Health", "Dr. Iwu, Foundry Road Practice", "Orchard Family Medicine", "")


def identity(roll: Random, *, number: int, name: tuple[int, str], today: date, is_young: bool) -> PatientFacts:
    """Draw the facts of the ``number``-th person. ``is_young``: 18 to 27, as in early psychosis."""
    place, family = name
    gender = weighted(roll, _GENDERS)
    legal_given, used = _given_names(place, gender)
    spoken = weighted(roll, _LANGUAGES)
    return PatientFacts(
        mrn=f"LB{40_000 + number * 37}",
        legal_given=legal_given,
        legal_family=family,
        used_name=used,
        pronouns=_PRONOUNS[gender] if happens(roll, 0.85) else "",
        birth_date=_birth_date(roll, today, is_young=is_young),
        sex=_SEX_AT_BIRTH.get(gender) or roll.choice(["female", "male"]),
        gender_identity=gender if gender not in {"woman", "man"} or happens(roll, 0.8) else "",
        races=weighted(roll, _RACES),
        ethnicity=weighted(roll, _ETHNICITIES),
        languages=(spoken,) if spoken == "en" or happens(roll, 0.4) else (spoken, "en"),
        needs_interpreter=spoken != "en" and happens(roll, 0.45),
        payer=weighted(roll, _PAYERS),
        primary_care=roll.choice(_PRIMARY_CARE),
    )


def contact_points(roll: Random, *, number: int, is_homeless: bool) -> tuple[ContactPointFacts, ...]:
    """How this person can be reached. Numbers are of the range kept free for fiction (555-0100 to 555-0199)."""
    points: list[ContactPointFacts] = []
    if happens(roll, 0.55 if is_homeless else 0.93):
        points.append(
            ContactPointFacts(
                kind="phone",
                value=f"({('212', '312', '646', '773')[number // 100 % 4]}) 555-01{number % 100:02d}",
                note=roll.choice(["", "", "", "Best after 14:00", "Shared with a sister: say only the first name"]),
                may_leave_message=happens(roll, 0.6),
                may_text=happens(roll, 0.65),
            )
        )
    if is_homeless:
        points.append(ContactPointFacts(kind="place", value=roll.choice(names.PLACES)))
    else:
        points.append(ContactPointFacts(kind="address", value=f"{roll.randint(2, 240)} {roll.choice(names.STREETS)}"))
    return tuple(points)


def _given_names(place: int, gender: str) -> tuple[str, str]:
    """Legal and used given name: they differ where the legal one no longer fits."""
    female, male = names.FEMALE[place % len(names.FEMALE)], names.MALE[place % len(names.MALE)]
    if gender == "transgender-woman":
        return male, female
    if gender == "transgender-man":
        return female, male
    if gender == "non-binary":
        return (female if place % 2 else male), names.EITHER[place % len(names.EITHER)]
    return (female if gender == "woman" else male), ""


def _birth_date(roll: Random, today: date, *, is_young: bool) -> date:
    years = roll.uniform(18.5, 27) if is_young else min(78.0, max(19.0, roll.gauss(44, 13)))
    return today - timedelta(days=int(years * 365.25))
