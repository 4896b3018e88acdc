"""Build the package openl3 without a network: `PYTHONPATH=envs/openl3_offline pip install ...`.

Its setup.py downloads twelve weight files. Here those in the folder `OPENL3_WEIGHTS` are taken
(named as there, gzipped), and the others are left empty: the kind openl3_package needs none inside.
"""

import os
import shutil
import urllib.request
from pathlib import Path


def _from_folder(url, filename):
    at_hand = Path(os.environ.get("OPENL3_WEIGHTS", ""), url.rpartition("/")[2])
    if at_hand.is_file():
        shutil.copy(at_hand, filename)
    else:
        Path(filename).touch()
    return filename, None


urllib.request.urlretrieve = _from_folder
