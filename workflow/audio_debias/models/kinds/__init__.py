"""Kinds of models, one module each: plug-ins and nothing else."""
