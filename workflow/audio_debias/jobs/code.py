"""A hash of the code behind a module: it changes when results could, not with a comment."""

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

import jinja2
from jinja2.meta import find_referenced_templates

from audio_debias.errors import InputError

_PACKAGE = Path(__file__).resolve().parent.parent


def fingerprint(*modules: str) -> str:
    """Hash the given modules of the library and all that they import from it.

    Comments, docstrings and layout do not count. A file in the folder ``templates/`` beside a
    module that names it counts whole, with all that it extends or includes. Modules found by name
    at run time (a corpus reader, a model kind) are invisible to this: name them too.

    Parameters
    ----------
    *modules : str
        Dotted names inside the library, such as ``"models.extraction"``.

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
    imported = set(_imports(script, _PACKAGE)) - {_file("jobs.log")}
    return _digest(f"{_code(script)}\0{_hash_with_imports(imported)}")


def plugin_fingerprint(path: Path) -> str:
    """Hash a plug-in, the library's or a user's own file, and all of the library it imports."""
    path = path.resolve()
    if path.is_relative_to(_PACKAGE):
        return _hash_with_imports([path])
    return _digest(f"{_code(path)}\0{_hash_with_imports(_imports(path, _PACKAGE))}")


def class_fingerprint(name: str, field: str) -> str:
    """Hash the module of an installed class and all that it imports from its own package.

    Nothing is imported to do so.

    Parameters
    ----------
    name : str
        As ``package.module:Class``.
    field : str
        What asks for it, for the error.

    Raises
    ------
    InputError
        If there is no such module.
    """
    module, _, _ = name.partition(":")
    top, *parts = module.split(".")
    spec = PathFinder.find_spec(top)
    for package in (spec and spec.submodule_search_locations) or []:
        path = _module(Path(package).joinpath(*parts))
        if path.is_file():
            return _hash_with_imports([path], Path(package))
    if spec and not parts and spec.origin and Path(spec.origin).suffix == ".py":
        return _digest(_code(Path(spec.origin)))
    raise InputError(f"{field}: no module {module!r} to import; install its package")


def _hash_with_imports(files: Iterable[Path], package: Path | None = None) -> str:
    package = package or _PACKAGE
    pending = list(files)
    closure = set()
    while pending:
        path = pending.pop()
        if path not in closure:
            closure.add(path)
            pending.extend(_imports(path, package))
    templates = {template for path in closure for template in _templates(path)}
    return _digest(
        "".join(
            f"{path.relative_to(package).as_posix()}\0{content}\0"
            for path in sorted(closure | templates)
            for content in [_code(path) if path in closure else path.read_text(encoding="utf-8")]
        )
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _file(name: str) -> Path:
    return _module(_PACKAGE.joinpath(*name.split(".")))


def _module(path: Path) -> Path:
    return path / "__init__.py" if path.is_dir() else path.with_name(f"{path.name}.py")


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
def _imports(path: Path, package: Path) -> tuple[Path, ...]:
    """The files of `package` that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (origin := _origin(node, path, package)):
            names.add(origin)
            names.update(f"{origin}.{alias.name}" for alias in node.names)
    top = f"{package.name}."
    inside = (name.removeprefix(top) for name in names if name.startswith(top))
    files = (_module(package.joinpath(*name.split("."))) for name in inside)
    return tuple(sorted({file for file in files if file.is_file()}))


def _origin(node: ast.ImportFrom, path: Path, package: Path) -> str | None:
    """The absolute name of the module that an import is from."""
    if not node.level:
        return node.module
    folder = path.parents[node.level - 1]
    if not folder.is_relative_to(package):
        return None
    parts = [package.name, *folder.relative_to(package).parts]
    return ".".join([*parts, *filter(None, [node.module])])


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
