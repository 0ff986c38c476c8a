"""The dialogue, run. Pure: it is given the flow, the ids and the time, and touches nothing else."""
