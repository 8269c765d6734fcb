"""What runs later, or every night."""
