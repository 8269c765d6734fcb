"""How a measure was given: the words of an instrument file, of the database, and of people."""

from __future__ import annotations

from collections.abc import Mapping

STORED: Mapping[str, str] = {
    "paper": "self-paper",
    "device": "self-device",
    "read-aloud": "read-aloud",
    "interview": "interview",
    "clinician": "clinician",
    "proxy": "proxy",
}
"""How an instrument file names a way of giving it → how a measurement stores it."""

LABELS: Mapping[str, str] = {
    "self-paper": "Patient, on paper",
    "self-device": "Patient, on a device",
    "read-aloud": "Read aloud to the patient",
    "interview": "Interview",
    "clinician": "Clinician's rating",
    "proxy": "Somebody else about the patient",
    "imported": "Imported",
}
"""As stored → as people say it."""
