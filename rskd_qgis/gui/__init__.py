"""What the user sees: one file a part of the dock."""
