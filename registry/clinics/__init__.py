"""Organisations and their clinics: zone, opening hours, who is on duty."""
