"""Schemas of YAML files: what does not fit is said in one line, with its mend."""

import math
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from audio_debias.errors import InputError, nearest
from audio_debias.experiment.yaml_files import check_extent, read_yaml


def validate(content: Mapping, schema: Path, source: str) -> None:
    """Check `content` against a JSON schema in YAML.

    Parameters
    ----------
    content : mapping
    schema : Path
    source : str
        Where the content is from, for the error.

    Raises
    ------
    InputError
        With the first key that does not fit, and the nearest known one if it is unknown.
    """
    check_extent(content, source)
    _refuse_unquoted_keys(content, source)
    validator = _validator(schema)
    error = jsonschema.exceptions.best_match(validator.iter_errors(content))
    if error is None:
        return
    where = ".".join(str(part) for part in error.absolute_path)
    raise InputError(": ".join(filter(None, (source, where, _explain(error)))))


@cache
def _validator(schema: Path) -> jsonschema.Draft202012Validator:
    """Read once: a run validates a dozen definitions of one kind."""
    return _Validator(read_yaml(schema))


def unknown(name, known: Iterable, what: str = "name") -> str:
    """What an error says of an unknown name."""
    return f"unknown {what} {name!r}{nearest(name, known)}"


def _explain(error: jsonschema.ValidationError) -> str:
    """One line on what is wrong and how to mend it."""
    schema: Any = error.schema
    instance: Any = error.instance
    wanted: Any = error.validator_value
    if error.validator == "additionalProperties" and "properties" in schema:
        known = schema["properties"]
        return unknown(next(key for key in instance if key not in known), known, "key")
    if error.validator == "type" and wanted == "string" and not isinstance(instance, dict | list):
        return _unquoted(instance)
    if error.validator == "enum":
        return unknown(instance, wanted)
    if error.validator == "contains":
        return f"must contain {wanted['const']!r}, the reference of every change"
    return " ".join(error.message.split())


def _refuse_unquoted_keys(content, source: str) -> None:
    """Refuse a key that YAML did not read as text, such as a label called ``no``."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            if not isinstance(key, str):
                raise InputError(f"{source}: a key is {_unquoted(key)}")
            _refuse_unquoted_keys(value, f"{source}: {key}")


def _unquoted(value) -> str:
    """What an error says of a name that YAML read as something else."""
    if isinstance(value, bool):
        words = "yes, on or true" if value else "no, off or false"
        return f"read as {str(value).lower()}: write {words} in quotes if it is a name"
    return f"{value!r}, which YAML does not read as text; write it in quotes"


def _is_integer(_, value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(_, value) -> bool:
    return _is_integer(_, value) or (isinstance(value, float) and math.isfinite(value))


# JSON Schema takes 3.0 for an integer and .nan for a number.
_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_integer, "number": _is_number}
    ),
)
