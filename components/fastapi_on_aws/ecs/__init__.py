"""The ECS Fargate runtime: a cluster block and a service block."""
