"""A damaged file between stages is refused in one line, and never gives other numbers."""

import numpy as np
import pandas as pd

from audio_debias.errors import InputError
from audio_debias.files import read_parquet, write_parquet


def test_a_flipped_bit_never_gives_other_numbers(tmp_path):
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"score": rng.normal(size=500)})
    path = tmp_path / "scores.parquet"
    write_parquet(path, table)
    whole = path.read_bytes()
    reasons = []
    for position in rng.integers(4, 4000, size=60):
        damaged = bytearray(whole)
        damaged[position] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        try:
            pd.testing.assert_frame_equal(read_parquet(path), table)
        except InputError as error:
            reasons.append(str(error))
    assert len(reasons) > 50
    assert not any("\n" in reason for reason in reasons)
