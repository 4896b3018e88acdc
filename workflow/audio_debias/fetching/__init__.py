"""Bring remote things onto this disk: download, check, unpack, and the licences to accept first.

The leftmost package of the library: corpora and models may import it.
"""
