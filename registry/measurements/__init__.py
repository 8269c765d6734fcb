"""Giving an instrument: answers, stored scores, corrections, the standing of each course."""
