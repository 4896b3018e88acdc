"""The command audio-debias."""
