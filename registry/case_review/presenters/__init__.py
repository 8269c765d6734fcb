"""Case review in words."""
