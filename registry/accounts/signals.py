"""Word that somebody can sign in from now on: what waited for them is theirs."""

from __future__ import annotations

from blinker import Signal

account_opened = Signal("somebody who was invited has set a password")
"""Sent with ``user_id``, after the transaction. Nobody has to listen: the sweep follows by the next morning."""
