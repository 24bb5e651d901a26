"""What Kubernetes does with the pods of a microservices stack, done to processes of this machine.

Their commands, environments, names, probes and times are those of the recorded stack. What a node does is not here: no
network policy, no limit of memory or CPU, no root file system that is read-only. Each pod has an address
in 127.0.0.0/8, all of which is Linux's own.
"""
