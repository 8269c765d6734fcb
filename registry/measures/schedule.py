"""When the next measurement is due."""
