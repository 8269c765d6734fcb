"""What colleagues ask and tell each other about a person, and what became of it."""
