"""Acoustic measures of one decoded clip: level, spectrum, stereo image, decay of sound."""
