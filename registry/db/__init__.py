"""How the registry keeps things: types, sessions, transactions, and where two databases disagree."""
