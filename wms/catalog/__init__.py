"""What is stored: SKUs of a shop, their bar codes, kits."""
