"""Readers of corpora, one module a layout: plug-ins and nothing else."""
