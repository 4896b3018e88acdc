"""Measure the domain bias of pre-trained audio embeddings and correct it after the fact.

The library knows nothing of Snakemake. Data flows one way, and no package imports one to its
right: corpora -> models -> corrections -> transfers -> reports.
"""

__version__ = "0.1.0"
