"""What we measure: instruments, their scores, and the course of a patient's scores. Pure; knows no database and no Flask."""
