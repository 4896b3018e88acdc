"""Self-contained HTML pages: one file, no script, nothing fetched, light and dark."""

from pathlib import Path
from typing import Any

import jinja2

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def render(template: str, title: str, **values: Any) -> str:
    """Fill a page.

    Parameters
    ----------
    template : str
        A file in ``templates/`` that extends ``page.html``; every value is escaped. Write its name
        out where it is used: by that, the hash of a job's code finds it.
    title : str
        The title of the page.
    **values
        The variables of the template.

    Returns
    -------
    str
        A whole HTML document that needs no other file and no network.
    """
    return _ENVIRONMENT.get_template(template).render(title=title, **values)
