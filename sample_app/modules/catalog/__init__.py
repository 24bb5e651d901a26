"""What the shop sells, for how much, and how many are left. It calls no other module, so it has no clients.py."""
