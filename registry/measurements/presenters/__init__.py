"""Measures in words: choosing and entering one, one measure, and all of a patient's."""
