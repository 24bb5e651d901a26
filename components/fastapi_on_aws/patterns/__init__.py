"""Arrangements: which services run where."""
