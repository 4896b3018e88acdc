"""Matched samples of two corpora, and the rows of embeddings that belong to them."""
