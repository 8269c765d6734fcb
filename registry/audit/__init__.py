"""Who did what to which record, before and after, when: appended, chained, never changed."""
