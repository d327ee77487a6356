"""One file a kind of teacher, behind the interface in `base`."""
