"""Rows and records → words, labels and addresses; templates only print them."""
