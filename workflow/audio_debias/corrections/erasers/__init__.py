"""Erasers, one module each: plug-ins and nothing else."""
