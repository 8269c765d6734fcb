"""What is tried with a person: medication, long-acting injections, psychotherapy and other treatment, dated.

A trial is one treatment tried with one person. A *course of treatment* (``episodes.models.TreatmentCourse``) is
something else: the stretch of an episode whose scores are judged against one baseline.
"""
