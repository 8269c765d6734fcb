"""Who may do what, to which patients: plain code, readable by an auditor."""
