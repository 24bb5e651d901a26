"""What Kubernetes does with the pods of a microservices stack, done to processes of this machine."""
