"""The EKS runtime: a cluster block."""
