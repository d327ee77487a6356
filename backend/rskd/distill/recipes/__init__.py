"""The recipes that RSKD brings, one YAML file each."""
