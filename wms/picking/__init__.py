"""From the shelf into totes."""
