"""One file a job: what the terminal and the plugin can ask for."""
