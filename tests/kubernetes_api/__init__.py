"""Kubernetes, without AWS: see README.md."""
