"""Self-contained HTML pages: one file, no script, nothing fetched, light and dark."""

import jinja2

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #ffffff;
  --band: #f3f5f8; --line: #d4d9df; --gain: #005a8f; --loss: #a83f00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebee; --soft: #9aa4af; --paper: #14171b;
  --band: #1d2127; --line: #363c44; --gain: #6cc0f0; --loss: #f2a06a; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem; color: var(--ink); background: var(--paper);
  font: 13.5px/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 84rem; margin: 0 auto; }
h1 { font-size: 1.35rem; margin: 0 0 .4rem; }
h2 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; }
h1, h2, p, li, tbody th { overflow-wrap: anywhere; }
p, li { max-width: 60rem; margin: .3rem 0; color: var(--soft); }
table { width: 100%; border-collapse: separate; border-spacing: 0;
  font-variant-numeric: tabular-nums; }
thead { position: sticky; top: 0; z-index: 1; }
thead th { background: var(--paper); font-weight: 600; vertical-align: bottom;
  padding: .3rem .45rem; text-align: right; }
thead tr:first-child th:first-child, tbody th { text-align: left; min-width: 12em; }
thead tr:last-child th, thead th.foot { border-bottom: 2px solid var(--ink); }
thead th.group { text-align: center; border-bottom: 1px solid var(--line); }
.name { display: block; max-width: 6.6em; margin-left: auto; overflow: hidden;
  text-overflow: ellipsis; }
tbody th { font-weight: 500; }
tbody td, tbody th { padding: .2rem .45rem; border-bottom: 1px solid transparent; }
tbody td { text-align: right; }
tbody tr.first > * { border-top: 1px solid var(--line); }
tbody tr.first:first-child > * { border-top: 0; }
tbody tr.reference th { font-weight: 700; }
tbody tr:hover > * { background: var(--band); }
table.text :is(td, th):not(.number) { text-align: left; overflow-wrap: anywhere; }
.between { margin-top: 1.4rem; }
.edge { border-left: 1px solid var(--line); }
.number { white-space: nowrap; }
.change { display: inline-block; min-width: 3.9em; color: var(--soft); }
.count { color: var(--soft); font-size: .8em; }
.gain { color: var(--gain); }
.loss { color: var(--loss); }
summary { cursor: pointer; color: var(--soft); margin: .6rem 0; }
@media (max-width: 1200px) { body { font-size: 12px; padding: 1rem; }
  thead th, tbody th, tbody td { padding-inline: .25rem; }
  thead tr:first-child th:first-child, tbody th { min-width: 10em; } }
@media print { thead { position: static; } }
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body>
<main>
<h1>{{ title }}</h1>
{% block content %}{% endblock %}
</main>
</body>
</html>
"""

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.DictLoader({"page": _PAGE}),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def render(content: str, title: str, **values) -> str:
    """Fill a page.

    Parameters
    ----------
    content : str
        A jinja template of what stands below the title; every value is escaped.
    title : str
        The title of the page.
    **values
        The variables of `content`.

    Returns
    -------
    str
        A whole HTML document that needs no other file and no network.
    """
    template = _ENVIRONMENT.from_string(
        "{% extends 'page' %}{% block content %}" + content + "{% endblock %}"
    )
    return template.render(title=title, style=jinja2.filters.Markup(_STYLE), **values)
