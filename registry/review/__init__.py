"""Psychiatric case review: questions, reviews, recommendations and what became of them."""
