"""YAML as people write it: a key once, nothing that grows when it is read."""

from pathlib import Path

import yaml

from audio_debias.errors import InputError

LARGEST = 2**20
"""Bytes of a configuration or definition."""

MOST_VALUES, DEEPEST = 100_000, 50
"""Values of one, with each alias counted as what it stands for, and how deep they may nest."""

_MERGE = "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """Refuses a key given twice (YAML takes the last), and merges that grow with every alias."""

    def __init__(self, stream):
        super().__init__(stream)
        self._flat: set[int] = set()
        self._merged = 0

    def flatten_mapping(self, node):
        """Put what is merged (``<<``) into a mapping whose own keys are all different."""
        # Once: after it, keys that the mapping overrides stand there twice.
        if id(node) in self._flat:
            return
        self._flat.add(id(node))
        self._refuse_twice(node)
        for key_node, value_node in node.value:
            if key_node.tag != _MERGE:
                continue
            several = isinstance(value_node, yaml.SequenceNode)
            for merged in value_node.value if several else [value_node]:
                if isinstance(merged, yaml.MappingNode):
                    self.flatten_mapping(merged)
                    self._merged += len(merged.value)
                if self._merged > MOST_VALUES:
                    line = key_node.start_mark.line + 1
                    raise yaml.YAMLError(f"line {line}: merges more than {MOST_VALUES:,} values")
        super().flatten_mapping(node)

    def _refuse_twice(self, node):
        seen = set()
        for key_node, _ in node.value:
            # `<<` merges, and may stand there more than once.
            if key_node.tag != _MERGE:
                key = self.construct_object(key_node, deep=True)
                if isinstance(key, str | int | float | bool) and (type(key), key) in seen:
                    line = key_node.start_mark.line + 1
                    raise yaml.YAMLError(f"line {line}: the key {key!r} is given twice")
                if isinstance(key, str | int | float | bool):
                    seen.add((type(key), key))


def read_yaml(path: Path) -> dict:
    """Read a YAML mapping.

    Raises
    ------
    InputError
        If it is not readable, is no mapping, has a key twice, or is large or nested beyond all
        reason.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise InputError(f"{path}: is larger than {LARGEST // 2**20} MiB; no definition is")
        content = yaml.load(text.decode("utf-8-sig"), Loader=_Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: not readable as YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise InputError(f"{path}: not readable as YAML: nested too deeply") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: must hold a mapping of keys to values")
    check_extent(content, str(path))
    return content


def check_extent(content: object, source: str) -> None:
    """Refuse what holds more values than any configuration, or nests deeper.

    Raises
    ------
    InputError
        Naming `source`.
    """
    count = 0
    waiting: list[tuple[object, int]] = [(content, 0)]
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if depth > DEEPEST:
            raise InputError(f"{source}: is nested deeper than {DEEPEST} levels")
        if isinstance(value, dict | list):
            inside = value.values() if isinstance(value, dict) else value
            if count + len(waiting) + len(inside) > MOST_VALUES:
                raise InputError(
                    f"{source}: holds more than {MOST_VALUES:,} values (aliases of aliases?)"
                )
            waiting.extend((one, depth + 1) for one in inside)
