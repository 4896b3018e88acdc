"""Corpora: clips, their splits and sounds; readers of them, and the demo's corpora."""
