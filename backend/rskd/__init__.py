"""RSKD: knowledge distillation for remote sensing, from raster layers and a teacher to a small student and its map."""

__version__ = "0.2.0"
