"""A user's one table of embeddings: read as people have it, in whole or in a stream."""
