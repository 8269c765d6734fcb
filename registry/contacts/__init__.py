"""Visits, calls and attempts; reports of danger."""
