"""Licences that a user must accept before a resource is fetched."""

from collections.abc import Iterable, Mapping
from typing import Any

from audio_debias.errors import InputError


def require_accepted(name: str, licence: Mapping[str, Any] | None, accepted: Iterable[str]) -> None:
    """Refuse a resource under a non-commercial licence that the config does not accept.

    Parameters
    ----------
    name : str
        The resource.
    licence : mapping
        Its ``licence:`` entry: ``name`` (str), ``url`` (str), ``non_commercial`` (bool).
    accepted : iterable of str
        The names of licences under ``accept_licences:`` of the config; case does not matter.

    Raises
    ------
    InputError
        If the entry is incomplete, or the licence is non-commercial and not accepted. The message
        names the licence, its address and the line to add.
    """
    if (
        not isinstance(licence, Mapping)
        or not all(isinstance(licence.get(key), str) and licence[key] for key in ("name", "url"))
        or not isinstance(licence.get("non_commercial"), bool)
    ):
        raise InputError(
            f"{name}: licence: needs `name`, `url` and `non_commercial: true` or `false`; add them"
        )
    if isinstance(accepted, str):
        raise InputError(
            f'accept_licences: must be a list; write `accept_licences: ["{accepted}"]`'
        )
    accepted = list(accepted or ())
    known = {str(entry).strip().casefold() for entry in accepted}
    if licence["non_commercial"] and licence["name"].strip().casefold() not in known:
        line = ", ".join(f'"{entry}"' for entry in [*accepted, licence["name"]])
        raise InputError(
            f"{name}: is under {licence['name']} ({licence['url']}), which forbids commercial use; "
            f"if you accept it, write `accept_licences: [{line}]` in the config"
        )
