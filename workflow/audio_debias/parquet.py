"""Reading the tables between stages."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from audio_debias.errors import InputError


def read_parquet(path: str | Path) -> pd.DataFrame:
    """Read a table that an earlier job wrote.

    Raises
    ------
    InputError
        If it is damaged.
    """
    try:
        return pd.read_parquet(path)
    except (OSError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: damaged ({reason}); delete it and run again") from None
