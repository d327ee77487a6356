"""A distillation in the making: what was chosen, what is missing, its job description; no widgets."""

from .choices import DraftArea, DraftClass, DraftLabels, DraftLayer, Problem, Request
from .draft import Draft

__all__ = ["Draft", "DraftArea", "DraftClass", "DraftLabels", "DraftLayer", "Problem", "Request"]
