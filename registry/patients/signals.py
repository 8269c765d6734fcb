"""Word that a person's name or number was changed: lists that keep a copy to sort and search by follow."""

from __future__ import annotations

from blinker import Signal

patient_changed = Signal("a person's identity was changed, in the transaction that changed it")
"""Sent with ``patient_id`` inside the transaction."""
