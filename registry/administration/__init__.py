"""Pages over users, clinics, instruments, rule numbers and the audit trail."""
