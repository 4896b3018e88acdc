"""Arrays of an npz of others: numbers, and strings that were pickled, read without unpickling."""

import pickletools
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np

from audio_debias.errors import InputError

MAX_BYTES = 256 * 2**20
"""Upper limit of an array of the npz, unpacked (the real ones have 3.2 MB)."""


def read_member(npz: Path, name: str) -> bytes:
    """The bytes of one array of an npz, size limited."""
    try:
        with zipfile.ZipFile(npz) as archive:
            info = archive.getinfo(f"{name}.npy")
            if info.file_size > MAX_BYTES:
                raise InputError(f"{npz}: {name} has {info.file_size} bytes, more than {MAX_BYTES}")
            return archive.read(info)
    except KeyError:
        raise InputError(f"{npz}: array {name!r} is missing") from None
    except InputError:
        raise
    except Exception as error:  # zipfile and zlib have each their own
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{npz}: not readable as npz: {reason}") from None


def read_numbers(npz: Path, name: str) -> np.ndarray:
    """An array of numbers of an npz."""
    try:
        array = np.lib.format.read_array(BytesIO(read_member(npz, name)), allow_pickle=False)
    except Exception as error:  # a head may claim anything, terabytes too
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{npz}: {name} is no array of numbers: {reason}") from None
    if array.dtype.kind not in "fbiu":
        raise InputError(f"{npz}: {name} is no array of numbers but of {array.dtype}")
    return array


# The opcodes of an object array before its elements, written by np.save in any pickle protocol.
_ARRAY_OPCODES = {
    *("PROTO", "FRAME", "GLOBAL", "STACK_GLOBAL", "SHORT_BINUNICODE", "BINUNICODE", "MEMOIZE"),
    *("BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET", "MARK", "REDUCE", "BUILD", "NONE"),
    *("BININT", "BININT1", "BININT2", "NEWFALSE", "NEWTRUE", "SHORT_BINBYTES", "SHORT_BINSTRING"),
    *("TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"),
}
# What they name: how numpy is told to make an array of objects (O8), and two byte codes of it.
_ARRAY_WORDS = {
    *("numpy", "numpy.core.multiarray", "numpy._core.multiarray", "_reconstruct", "ndarray"),
    *("dtype", "O8", "O4", "|", "_codecs", "encode", "b", "latin1"),
}
_STRING_OPCODES = {"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"}
_LIST_OPCODES = {"MARK", "APPEND", "APPENDS", "MEMOIZE", "BINPUT", "LONG_BINPUT", "FRAME"}
_END = ["TUPLE", "BUILD", "STOP"]


def read_strings(data: bytes, source: str) -> list[str]:
    """The strings of an npy array, of fixed-width strings or of objects; executes nothing."""
    stream = BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        header = getattr(np.lib.format, f"read_array_header_{version[0]}_0")
        shape, _, dtype = header(stream)
        if not dtype.hasobject:
            stream.seek(0)
            return np.lib.format.read_array(stream, allow_pickle=False).astype(str).tolist()
        keys = list(_pickled_strings(stream, source))
    except InputError:
        raise
    except Exception as error:  # a head may claim anything, terabytes too
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{source}: not readable as an array of strings: {reason}") from None
    if shape != (len(keys),):
        raise InputError(f"{source}: holds {len(keys)} strings where its header says {shape}")
    return keys


def _pickled_strings(stream: BytesIO, source: str) -> Iterator[str]:
    """Strings in the one list of a pickled object array, by listing opcodes.

    Grammar: opcodes that make an array, one empty list, strings that are appended to it (each
    spelled out, so that nothing is looked up), and the end. Anything else is refused.
    """
    in_list = False
    end: list[str] = []
    for opcode, argument, _ in pickletools.genops(stream):
        name = opcode.name
        if not in_list:
            in_list = name == "EMPTY_LIST"
            if not in_list and name not in _ARRAY_OPCODES:
                raise InputError(f"{source}: holds more than strings (pickle opcode {name})")
            if isinstance(argument, str) and not _ARRAY_WORDS.issuperset(argument.split(" ")):
                raise InputError(f"{source}: holds more than strings: it names {argument!r}")
        elif name in _STRING_OPCODES and not end:
            yield str(argument)
        elif name not in _LIST_OPCODES or end:
            end.append(name)
    if [name for name in end if name not in ("MEMOIZE", "BINPUT", "LONG_BINPUT")] != _END:
        raise InputError(f"{source}: holds more than strings (pickle opcode {end[0]})")
