"""The pages of case review, on the blueprint of ``registry.review``."""
