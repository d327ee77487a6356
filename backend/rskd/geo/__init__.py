"""Pixels and shapes on the ground; no machine learning."""
