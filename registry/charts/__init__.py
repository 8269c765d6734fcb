"""Pictures of a course: sparklines in a row, figures on a page, each with the same numbers in words."""
