"""What every module builds on; it knows nothing of the shop, and imports nothing of it."""
