"""The command ``audio-debias``: bias measured and corrected in a table of embeddings."""
