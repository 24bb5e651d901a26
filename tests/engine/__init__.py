"""The real Pulumi engine against a provider stand-in: see README.md."""
