"""The psychiatrist's hour: who goes first, one case, its review, and the note of it."""
