"""QGIS layers in, styled layers out: what the backend can open, what is written for it first, what comes back."""
