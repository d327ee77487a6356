"""The backend's Python: found or brought, made, completed, probed, removed."""
