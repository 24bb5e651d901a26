"""The EKS runtime: a cluster block, of our own or somebody else's."""
