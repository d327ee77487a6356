"""Distillation: soft targets, losses, training, export."""
