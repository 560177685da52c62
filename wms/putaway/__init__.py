"""From the dock to the shelf."""
