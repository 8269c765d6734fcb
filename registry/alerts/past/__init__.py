"""Cases as they stood on past days, and what the rules would have told then."""
