"""Instruments and measurements as FHIR R4: plain dictionaries built from values, ready for JSON."""
