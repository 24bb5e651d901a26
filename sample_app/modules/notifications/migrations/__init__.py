"""How the table of notifications came to be."""
