"""The clock of a clinic: when it is open, who is on duty, and how soon it answers."""
