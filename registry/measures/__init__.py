"""What we measure: instruments, scores, and the course of a patient's scores. Pure: no database, no Flask."""
