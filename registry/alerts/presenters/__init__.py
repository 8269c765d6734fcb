"""Alerts in words: what all pages say of one, the day's work, and one alert with its history."""
