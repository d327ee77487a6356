"""Networks: the student catalogue and the teachers."""
