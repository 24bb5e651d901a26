"""How requests come in: the load balancer that ECS and EKS share, and the front door at the edge."""
