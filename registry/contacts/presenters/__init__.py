"""Contacts in words."""
