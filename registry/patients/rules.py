"""The words of identity, and which records may be the same person. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

SEXES: Mapping[str, str] = {
    "female": "Female",
    "male": "Male",
    "intersex": "Intersex",
    "unknown": "Not known",
}

GENDER_IDENTITIES: Mapping[str, str] = {
    "": "Not asked",
    "woman": "Woman",
    "man": "Man",
    "transgender-woman": "Transgender woman",
    "transgender-man": "Transgender man",
    "non-binary": "Non-binary",
    "another": "Another gender",
    "asked-no-answer": "Asked, no answer",
    "unknown": "Person does not know",
}

ASKED_NO_ANSWER = "asked-no-answer"
"""The person was asked and gave no answer: not the same as ``unknown``, nor as never asked (nothing stored)."""

RACES: Mapping[str, str] = {
    "american-indian": "American Indian or Alaska Native",
    "asian": "Asian",
    "black": "Black or African American",
    "pacific-islander": "Native Hawaiian or Pacific Islander",
    "white": "White",
    "another": "Another race",
    ASKED_NO_ANSWER: "Asked, no answer",
    "unknown": "Person does not know",
}

NO_RACE_NAMED = frozenset({ASKED_NO_ANSWER, "unknown"})
"""Answers that stand alone: they name no race."""

ETHNICITIES: Mapping[str, str] = {
    "": "Not asked",
    "hispanic": "Hispanic or Latino",
    "not-hispanic": "Not Hispanic or Latino",
    ASKED_NO_ANSWER: "Asked, no answer",
    "unknown": "Person does not know",
}

INTERPRETER: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}
"""Whether the person needs an interpreter, by the code of the answer; not asked is no "no"."""

LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "es": "Spanish",
    "zh": "Chinese",
    "ru": "Russian",
    "bn": "Bengali",
    "ht": "Haitian Creole",
    "ko": "Korean",
    "ar": "Arabic",
    "fr": "French",
    "it": "Italian",
    "pl": "Polish",
    "yi": "Yiddish",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "pt": "Portuguese",
    "ase": "American Sign Language",
    "other": "Another language",
}

PAYERS: Mapping[str, str] = {
    "": "Not known",
    "medicaid": "Medicaid",
    "medicare": "Medicare",
    "dual": "Medicare and Medicaid",
    "commercial": "Commercial insurance",
    "other-public": "Other public programme",
    "self-pay": "Self-pay",
    "none": "No insurance",
}

CONTACT_KINDS: Mapping[str, str] = {
    "phone": "Phone",
    "email": "E-mail",
    "address": "Address",
    "place": "Where and when found",
    "no-phone": "No phone",
    "none": "No way to reach",
}

# Letters that decomposition leaves whole, as a person without them on the keyboard would type them.
_SPELT_OUT = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def fold(text: str) -> str:
    """For search and matching: lower case, no accents, no punctuation, single spaces. Folding twice changes nothing.

    >>> fold("  Zoë  O'Brien-Łukasz ")
    'zoe obrien lukasz'
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_SPELT_OUT))
    kept = (_folded_sign(sign) for sign in plain)
    return " ".join("".join(kept).split())


def _folded_sign(sign: str) -> str:
    if sign in "'’‘`´ʼ":
        return ""
    kind = unicodedata.category(sign)[0]
    return sign if kind in "LN" else "" if kind == "M" else " "


def search_name(*, family: str, given: str, used: str) -> str:
    """What a search looks through: "family given used", folded; the used name only where it differs."""
    names = [fold(family), fold(given)]
    if fold(used) and fold(used) != fold(given):
        names.append(fold(used))
    return " ".join(name for name in names if name)


def fold_mrn(text: str) -> str:
    """A record number as stored: no spaces around or within, letters in upper case."""
    return "".join(text.split()).upper()


def fold_phone(text: str) -> str:
    """The digits by which two phone numbers are the same: the last ten, so that a country code does not matter."""
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())[-10:]


def day_and_month_swapped(day: date) -> date | None:
    """The same digits typed the other way round (3 April, 4 March), where that is another date."""
    if day.day > 12 or day.day == day.month:
        return None
    return day.replace(month=day.day, day=day.month)


def names_are_near(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two people may have the same name, given all names of each, folded, in any order.

    True when at least two of the names of the one (or its only one) each are the same as one of the other's, or
    one typing error from it.
    """
    left, right = list(one), list(other)
    if not left or not right:
        return False
    matched = 0
    for name in left:
        match = next((each for each in right if is_one_slip(name, each)), None)
        if match is not None:
            right.remove(match)
            matched += 1
    return matched >= min(2, len(left), len(right) + matched)


def is_one_slip(one: str, other: str) -> bool:
    """Whether the words are equal or one slip apart: a letter wrong, missing, doubled, or two neighbours swapped.

    Words of three letters and fewer must be equal: almost every short name is one letter from another.
    """
    if one == other:
        return True
    if min(len(one), len(other)) <= 3 or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[start:], other[start:]
    if len(one) == len(other):
        is_swap = len(rest) > 1 and rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]
        return is_swap or rest[1:] == other_rest[1:]
    return rest[1:] == other_rest or rest == other_rest[1:]
