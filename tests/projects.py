"""The small projects of tests/workflow/conftest.py, for whoever needs more than its fixtures.

Several conftest.py are loaded in one session: a plain `import conftest` would take any of them.
"""

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location(
    "workflow_conftest", Path(__file__).with_name("workflow") / "conftest.py"
)
_conftest = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_conftest)

Project = _conftest.Project
make_project = _conftest.make_project
write_corpus = _conftest.write_corpus
write_embeddings = _conftest.write_embeddings
