"""Thin ways into the one app; each is a few lines, and none holds logic."""
