"""What the shop tells people. It calls no other module, so it has no clients.py."""
