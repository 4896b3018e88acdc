"""The one exception for input that a user can mend."""


class InputError(ValueError):
    """Bad input: one line that names the file, the field and the mend."""
