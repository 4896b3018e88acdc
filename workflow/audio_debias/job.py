"""What every job does around its one library call: a log, the seconds, a clear last line."""

import logging
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audio_debias.errors import InputError


@contextmanager
def job(log: str | Path, **inputs) -> Iterator[logging.Logger]:
    """Log a job to the file `log`: its inputs first, the seconds it took last.

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
    handler = logging.FileHandler(log, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", datefmt="%H:%M:%S"))
    logger.addHandler(handler)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addHandler(handler)
    for name, value in inputs.items():
        logger.info("%s: %s", name, value)
    start = time.perf_counter()
    try:
        yield logger
    except InputError as error:
        logger.error("error: %s", error)
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        logger.error("%s", traceback.format_exc())
        logger.error("error: %s: %s", type(error).__name__, error)
        raise
    else:
        logger.info("done in %.1f s", time.perf_counter() - start)
    finally:
        logger.removeHandler(handler)
        logging.getLogger("py.warnings").removeHandler(handler)
        handler.close()
