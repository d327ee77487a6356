"""Running a model over a scene of any size, without torch."""
