"""A small shop, written as a modular monolith: one code base that runs whole, or as one service a module."""
