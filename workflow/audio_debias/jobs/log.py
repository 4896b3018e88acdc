"""What every job does around its one library call: a log, the seconds, a clear last line."""

import io
import logging
import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from audio_debias.errors import InputError
from audio_debias.jobs.notes import noted


@contextmanager
def job(log: str | Path, **inputs) -> Iterator[logging.Logger]:
    """Log a job to the file `log`: its inputs first, the seconds it took last.

    What Python writes to stderr meanwhile (progress, warnings) goes to the log and to stderr; what
    compiled libraries write goes to the log alone. A warning goes to both.

    An :class:`InputError` ends the process with status 1 and its one line on stderr and in the
    log; any other exception leaves its traceback in the log and is raised again.

    Parameters
    ----------
    log : path
        The log file, overwritten.
    **inputs
        What the job works on, one line each.
    """
    logger = logging.getLogger("audio_debias")
    logger.setLevel(logging.INFO)
    with open(log, "w", encoding="utf-8", buffering=1) as file, _stderr_into(file) as terminal:
        handler = logging.StreamHandler(file)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", datefmt="%H:%M:%S"))
        logger.addHandler(handler)
        aloud = logging.StreamHandler(terminal)
        aloud.addFilter(lambda record: record.levelno == logging.WARNING)
        logger.addHandler(aloud)
        for name, value in inputs.items():
            logger.info("%s: %s", name, value)
        start = time.perf_counter()
        try:
            with noted():
                yield logger
        except InputError as error:
            logger.error("error: %s", error)
            print(f"error: {error}", file=terminal)
            sys.exit(1)
        except Exception as error:
            logger.error("%s", traceback.format_exc())
            logger.error("error: %s: %s", type(error).__name__, error)
            raise
        else:
            logger.info("done in %.1f s", time.perf_counter() - start)
        finally:
            logger.removeHandler(handler)
            logger.removeHandler(aloud)


class _Both(io.TextIOBase):
    """A text stream that writes to the log and to the terminal."""

    encoding = "utf-8"

    def __init__(self, log: TextIO, terminal: TextIO):
        self._streams = (log, terminal)

    def write(self, text):
        for stream in self._streams:
            stream.write(text)
        return len(text)

    def flush(self):
        for stream in self._streams:
            stream.flush()

    def isatty(self):
        return self._streams[1].isatty()


@contextmanager
def _stderr_into(log: TextIO) -> Iterator[TextIO]:
    """Send the file descriptor of stderr to `log` and `sys.stderr` to both; yield the terminal."""
    original, saved = sys.stderr, os.dup(2)
    with os.fdopen(saved, "w", encoding="utf-8", buffering=1) as terminal:
        os.dup2(log.fileno(), 2)
        sys.stderr = _Both(log, terminal)
        try:
            yield terminal
        finally:
            sys.stderr = original
            os.dup2(saved, 2)
