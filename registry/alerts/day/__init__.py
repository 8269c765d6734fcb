"""What stands on somebody's desk today, what became of it since yesterday, and what falls due next."""
