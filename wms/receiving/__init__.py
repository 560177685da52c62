"""From the shop's announcement to goods on the dock."""
