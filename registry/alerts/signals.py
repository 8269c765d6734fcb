"""Word that what needs attention for a patient was looked at again: lists that show it follow."""

from __future__ import annotations

from blinker import Signal

attention_changed = Signal("alerts of a patient were reconciled, in the transaction that caused it")
"""Sent with ``patient_id`` inside the transaction. Nobody has to listen: alerts stand without any list."""
