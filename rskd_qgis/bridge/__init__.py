"""The way to the backend: its environment, its processes, its jobs."""
