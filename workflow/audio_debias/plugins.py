"""Plug-ins: a reader, a kind of model or an eraser is one module, found by its name.

A user's own module in ``resources/{readers,kinds,erasers}/`` of the working directory is looked up
first, then the package's. What a module has to define is checked without running it.
"""

import ast
import importlib
import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from audio_debias.errors import InputError, nearest

_LIBRARY = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Plugins:
    """The plug-ins of one folder.

    Attributes
    ----------
    package : str
        The package that holds the library's own, such as ``corpora.readers``.
    own : str
        The folder below ``resources/`` that holds a user's, such as ``readers``.
    entries : tuple of str
        Functions or classes, one of which a plug-in defines at its top level.
    """

    package: str
    own: str
    entries: tuple[str, ...]

    @property
    def folders(self) -> list[Path]:
        """Where plug-ins are looked up, first to last."""
        return [Path("resources", self.own), _LIBRARY.joinpath(*self.package.split("."))]

    def names(self) -> list[str]:
        """The names of all plug-ins."""
        return sorted(
            {
                path.stem
                for folder in self.folders
                for path in folder.glob("*.py")
                if path.stem.isidentifier() and path.stem != "__init__" and self._entry(path)
            }
        )

    def find(self, name: str, field: str) -> Path:
        """The file of a plug-in.

        Parameters
        ----------
        name : str
        field : str
            What asks for it, for the error.

        Raises
        ------
        InputError
            If there is none of that name, or it defines none of `entries`.
        """
        for path in (folder / f"{name}.py" for folder in self.folders if name.isidentifier()):
            if path.is_file() and name != "__init__":
                if not self._entry(path):
                    raise InputError(f"{field}: {path}: defines no {' or '.join(self.entries)}")
                return path
        raise InputError(f"{field}: unknown name {name!r}{nearest(name, self.names())}")

    def load(self, name: str, field: str) -> ModuleType:
        """Import a plug-in.

        Raises
        ------
        InputError
            As :meth:`find`, or if the module cannot be imported.
        """
        path = self.find(name, field)
        try:
            if path.is_relative_to(_LIBRARY):
                return importlib.import_module(f"audio_debias.{self.package}.{name}")
            return _import_file(f"audio_debias_own.{self.own}.{name}", path.resolve())
        except InputError:
            raise
        except Exception as error:
            reason = " ".join(str(error).split())
            raise InputError(f"{field}: {path}: {type(error).__name__}: {reason}") from error

    def environment(self, name: str, field: str, default: str) -> str:
        """Which environment of `envs/` a plug-in runs in: its ``ENVIRONMENT``, read without an
        import, since what it imports may be there alone.

        Raises
        ------
        InputError
            As :meth:`find`.
        """
        for node in self._statements(name, field):
            match node:
                case ast.Assign([ast.Name("ENVIRONMENT")], ast.Constant(str(said))):
                    return said
        return default

    def options(self, name: str, field: str) -> frozenset[str] | None:
        """The names in a plug-in's ``OPTIONS``, read without an import; None where they are not
        written out.

        Raises
        ------
        InputError
            As :meth:`find`.
        """
        for node in self._statements(name, field):
            match node:
                case (
                    ast.Assign([ast.Name("OPTIONS")], ast.Dict(keys))
                    | ast.AnnAssign(target=ast.Name("OPTIONS"), value=ast.Dict(keys))
                ):
                    names = [str(key.value) for key in keys if isinstance(key, ast.Constant)]
                    return frozenset(names) if len(names) == len(keys) else None
        return None

    def has(self, name: str, function: str) -> bool:
        """Whether a plug-in defines a function or class, read without an import.

        Raises
        ------
        InputError
            As :meth:`find`.
        """
        path = self.find(name, self.own)
        return function in _defined(path, path.stat().st_mtime_ns)

    def _statements(self, name: str, field: str) -> list[ast.stmt]:
        """What a plug-in's module holds at its top level."""
        return _parsed(self.find(name, field)).body

    def _entry(self, path: Path) -> bool:
        return bool(set(self.entries) & _defined(path, path.stat().st_mtime_ns))


@cache
def _defined(path: Path, _changed: int) -> frozenset[str]:
    """The functions and classes that a module defines at its top level."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return frozenset(node.name for node in _parsed(path).body if isinstance(node, kinds))


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{path}: no Python module: {' '.join(str(error).split())}") from None


def _import_file(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def check_options(
    options: Mapping, types: Mapping[str, type | tuple[type, ...]], source: str
) -> None:
    """Refuse an option that a plug-in does not have, or one of another type than it wants.

    Raises
    ------
    InputError
        Naming the option and the nearest known one, or the type.
    """
    for option, value in options.items():
        if option not in types:
            raise InputError(f"{source}: options: unknown key {option!r}{nearest(option, types)}")
        if not isinstance(value, types[option]):
            wanted = types[option]
            kinds = wanted if isinstance(wanted, tuple) else (wanted,)
            names = " or ".join(kind.__name__ for kind in kinds)
            raise InputError(f"{source}: options: {option}: {value!r} is no {names}")


READERS = Plugins("corpora.readers", "readers", ("read",))
KINDS = Plugins("models.kinds", "kinds", ("load",))
ERASERS = Plugins("corrections.erasers", "erasers", ("directions", "fit"))
