"""Messages to people who are not signed in: an e-mail that an urgent alert asks for them, and says nothing of whom."""
