"""Measurements that arrive in files: read, judged row by row, stored once, or quarantined with the reason."""
