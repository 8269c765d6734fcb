"""The registry list, the worklist and the patient page."""
