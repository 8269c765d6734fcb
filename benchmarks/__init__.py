"""How fast the program is for the people who use it: real pages over HTTP, on both databases."""
