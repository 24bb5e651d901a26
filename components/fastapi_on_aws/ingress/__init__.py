"""How requests come in: the load balancer, and the front door at the edge."""
