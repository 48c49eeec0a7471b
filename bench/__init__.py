"""How fast it is: workload W against other simulators, the full model, scaling and start-up (``make bench``)."""
