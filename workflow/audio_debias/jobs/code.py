"""A hash of the library code behind a module: it changes when results could, not with a comment."""

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import jinja2
from jinja2.meta import find_referenced_templates

_PACKAGE = Path(__file__).resolve().parent.parent


def fingerprint(*modules: str) -> str:
    """Hash the given modules of the library and all that they import from it.

    Comments, docstrings and layout do not count. A file in the folder ``templates/`` beside a
    module that names it counts whole, with all that it extends or includes. Modules found by name
    at run time (a corpus reader, a model kind) are invisible to this: name them too.

    Parameters
    ----------
    *modules : str
        Dotted names inside the library, such as ``"models.extract"``.

    Returns
    -------
    str
        Twelve hexadecimal digits.
    """
    return _hash_with_imports(map(_file, modules))


def script_fingerprint(script: Path) -> str:
    """Hash a script of the workflow and all of the library that it imports.

    What wraps a job (`audio_debias.jobs.log`: log, seconds, exit) is left out.
    """
    imported = set(_imports(script)) - {_file("jobs.log")}
    return hashlib.sha256(f"{_code(script)}\0{_hash_with_imports(imported)}".encode()).hexdigest()[
        :12
    ]


def _hash_with_imports(files: Iterable[Path]) -> str:
    pending = list(files)
    closure = set()
    while pending:
        path = pending.pop()
        if path not in closure:
            closure.add(path)
            pending.extend(_imports(path))
    digest = hashlib.sha256()
    templates = {template for path in closure for template in _templates(path)}
    for path in sorted(closure | templates):
        content = _code(path) if path in closure else path.read_text(encoding="utf-8")
        digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\0{content}\0".encode())
    return digest.hexdigest()[:12]


def _file(name: str) -> Path:
    path = _PACKAGE.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _code(path: Path) -> str:
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            # A string that stands alone documents; it computes nothing.
            body[:] = [
                part
                for part in body
                if not (
                    isinstance(part, ast.Expr)
                    and isinstance(part.value, ast.Constant)
                    and isinstance(part.value.value, str)
                )
            ]
    return ast.dump(tree)


@cache
def _imports(path: Path) -> tuple[Path, ...]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    package = _PACKAGE.name + "."
    files = (_file(name.removeprefix(package)) for name in names if name.startswith(package))
    return tuple(sorted({file for file in files if file.is_file()}))


def _templates(path: Path) -> set[Path]:
    """The templates that a module names, and those that they extend or include."""
    known = {file.name: file for file in path.parent.glob("templates/*")}
    pending: list[str | None] = [
        node.value
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Constant) and node.value in known
    ]
    found: set[Path] = set()
    while pending:
        file = known.get(pending.pop() or "")
        if file and file not in found:
            found.add(file)
            tree = jinja2.Environment().parse(file.read_text(encoding="utf-8"))
            pending.extend(find_referenced_templates(tree))
    return found
