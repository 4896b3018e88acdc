"""Embedding models: audio in, one embedding per clip out."""
