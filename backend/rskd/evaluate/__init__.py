"""How good a map is, and the report that says so."""
