"""The clinic's numbers in words: how they stand today, and month by month."""
