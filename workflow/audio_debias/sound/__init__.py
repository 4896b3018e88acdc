"""Sound files to samples: to the end, whole or refused, and looked at on the way."""
