"""What a Python file computes, imports and names, without running it."""

import ast
import contextlib
import hashlib
import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from audio_debias.files import write_text

_FILE_NAME = re.compile(r"[\w.-]+\.\w+")


@dataclass(frozen=True)
class Source:
    """What a Python file holds.

    Attributes
    ----------
    code : str
        A hash of its code; comments, docstrings and layout do not count.
    imports : list of [int, str or None, list of str]
        Its imports: how many folders up, from where, the names; ``import a`` is
        ``[0, None, ["a"]]``.
    files : list of str
        The strings in it that could be the name of a file.
    """

    code: str
    imports: list[tuple[int, str | None, list[str]]]
    files: list[str]


class SourceReader:
    """Reads Python files, and remembers in a file what was read: parsing is slow.

    Parameters
    ----------
    memory : path, optional
        JSON, by the hash of a file's bytes; one that is damaged is made anew.
    """

    def __init__(self, memory: Path | None = None):
        self._memory = memory
        # The tree of a file depends on the version of Python.
        self._version = f"{sys.version_info.major}.{sys.version_info.minor}"
        self._noted: dict[str, Source] = {}
        self._read: dict[str, Source] = {}
        try:
            noted = json.loads(memory.read_text(encoding="utf-8")) if memory else {}
            stored = noted.get(self._version, {})
            self._noted = {key: Source(**value) for key, value in stored.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            pass

    def read(self, path: Path) -> Source:
        """Read one file."""
        content = path.read_bytes()
        key = hashlib.sha256(content).hexdigest()
        if key not in self._read:
            self._read[key] = self._noted.get(key) or _parsed(content)
        return self._read[key]

    def save(self) -> None:
        """Note what was read if any of it is new; in a read-only folder, do nothing."""
        if self._memory and self._read.keys() - self._noted.keys():
            noted = {key: asdict(source) for key, source in self._read.items()}
            with contextlib.suppress(OSError):
                write_text(self._memory, json.dumps({self._version: noted}))


def _parsed(content: bytes) -> Source:
    tree = ast.parse(content)
    imports: list[tuple[int, str | None, list[str]]] = []
    files = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports.append((0, None, [alias.name for alias in node.names]))
        elif isinstance(node, ast.ImportFrom):
            imports.append((node.level, node.module, [alias.name for alias in node.names]))
        elif isinstance(node, ast.Constant) and _FILE_NAME.fullmatch(str(node.value)):
            files.add(str(node.value))
        body = getattr(node, "body", None)
        if isinstance(body, list):
            # A string that stands alone documents; it computes nothing.
            body[:] = [part for part in body if not _documents(part)]
    code = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return Source(code, imports, sorted(files))


def _documents(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
