"""A hash of the code behind a module: it changes when results could, not with a comment."""

import atexit
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

import jinja2
from jinja2.meta import find_referenced_templates

from audio_debias.errors import InputError
from audio_debias.jobs.sources import Source, SourceReader

_PACKAGE = Path(__file__).resolve().parent.parent
_reader = SourceReader()


def remember_in(memory: Path) -> None:
    """Note what is read of the files in `memory`, JSON, for the processes that come after."""
    global _reader
    _reader = SourceReader(memory)
    atexit.register(_reader.save)


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
    return _digest(f"{_source(script).code}\0{_hash_with_imports(imported)}")


def plugin_fingerprint(path: Path) -> str:
    """Hash a plug-in, the library's or a user's own file, and all of the library it imports."""
    path = path.resolve()
    if path.is_relative_to(_PACKAGE):
        return _hash_with_imports([path])
    return _digest(f"{_source(path).code}\0{_hash_with_imports(_imports(path, _PACKAGE))}")


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
        return _digest(_source(Path(spec.origin)).code)
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
            for content in [
                _source(path).code if path in closure else path.read_text(encoding="utf-8")
            ]
        )
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _file(name: str) -> Path:
    return _module(_PACKAGE.joinpath(*name.split(".")))


def _module(path: Path) -> Path:
    return path / "__init__.py" if path.is_dir() else path.with_name(f"{path.name}.py")


@cache
def _source(path: Path) -> Source:
    return _reader.read(path)


@cache
def _imports(path: Path, package: Path) -> tuple[Path, ...]:
    """The files of `package` that a module imports."""
    names: set[str] = set()
    for level, module, imported in _source(path).imports:
        if module is None and not level:
            names.update(imported)
        elif origin := _origin(level, module, path, package):
            names.add(origin)
            names.update(f"{origin}.{name}" for name in imported)
    top = f"{package.name}."
    inside = (name.removeprefix(top) for name in names if name.startswith(top))
    files = (_module(package.joinpath(*name.split("."))) for name in inside)
    return tuple(sorted({file for file in files if file.is_file()}))


def _origin(level: int, module: str | None, path: Path, package: Path) -> str | None:
    """The absolute name of the module that an import is from."""
    if not level:
        return module
    folder = path.parents[level - 1]
    if not folder.is_relative_to(package):
        return None
    parts = [package.name, *folder.relative_to(package).parts]
    return ".".join([*parts, *filter(None, [module])])


@cache
def _templates(path: Path) -> frozenset[Path]:
    """The templates that a module names, and those that they extend or include."""
    folder = path.parent / "templates"
    pending = [folder / name for name in _source(path).files] if folder.is_dir() else []
    found: set[Path] = set()
    while pending:
        file = pending.pop()
        if file not in found and file.is_file():
            found.add(file)
            tree = jinja2.Environment().parse(file.read_text(encoding="utf-8"))
            pending.extend(folder / name for name in find_referenced_templates(tree) if name)
    return frozenset(found)
