"""The code fingerprint changes with what can change a result, and with nothing else."""

import pytest

from audio_debias.errors import InputError
from audio_debias.jobs import code as module
from audio_debias.jobs import sources

SOURCE = '''"""A module."""

from audio_debias.fruit.apple import weight


def twice():
    """Twice the weight."""
    return 2 * weight()
'''
APPLE = "def weight():\n    return 1\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A library of two modules, the first of which imports the second."""
    root = tmp_path / "audio_debias"
    (root / "fruit").mkdir(parents=True)
    (root / "fruit/__init__.py").touch()
    (root / "jobs").mkdir()
    (root / "jobs/__init__.py").touch()
    (root / "jobs/log.py").touch()
    (root / "scale.py").write_text(SOURCE)
    (root / "fruit/apple.py").write_text(APPLE)
    (root / "fruit/pear.py").write_text(APPLE)
    monkeypatch.setattr(module, "_PACKAGE", root)
    return root


def forget():
    for cached in (module._source, module._imports, module._templates):
        cached.cache_clear()


def taken(name="scale"):
    forget()
    return module.fingerprint(name)


def test_a_comment_a_docstring_and_layout_change_nothing(package):
    before = taken()
    changed = SOURCE.replace("A module.", "The module.").replace("Twice the", "Double the")
    (package / "scale.py").write_text(changed.replace("return", "# Grams.\n    return"))
    assert taken() == before


def test_code_changes_it(package):
    before = taken()
    (package / "scale.py").write_text(SOURCE.replace("2 *", "3 *"))
    assert taken() != before


def test_code_of_an_imported_module_changes_it(package):
    before = taken()
    (package / "fruit/apple.py").write_text(APPLE.replace("1", "2"))
    assert taken() != before


def test_code_of_another_module_does_not(package):
    before = taken()
    (package / "fruit/pear.py").write_text(APPLE.replace("1", "2"))
    assert taken() == before


def test_a_name_that_is_no_module_is_an_error(package):
    with pytest.raises(FileNotFoundError):
        taken("fruit.plum")


def test_a_script_changes_with_what_it_imports_but_not_with_how_jobs_are_wrapped(package, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from audio_debias.jobs.log import job\nfrom audio_debias.scale import twice\n"
    )
    (package / "jobs/log.py").write_text("def job(log):\n    return log\n")

    def taken_of_script():
        taken()
        return module.script_fingerprint(script)

    before = taken_of_script()
    (package / "jobs/log.py").write_text("def job(log, **inputs):\n    return log\n")
    assert taken_of_script() == before
    (package / "fruit/apple.py").write_text(APPLE.replace("1", "2"))
    after = taken_of_script()
    assert after != before
    script.write_text(script.read_text() + "twice()\n")
    assert taken_of_script() != after


OWN = "from audio_debias.scale import twice\n\n\ndef read():\n    return twice()\n"


def test_a_file_of_ones_own_changes_with_its_code_and_with_the_library_that_it_imports(
    package, tmp_path
):
    own = tmp_path / "resources/readers/mine.py"
    own.parent.mkdir(parents=True)

    def taken_of_own(code):
        own.write_text(code)
        taken()
        return module.plugin_fingerprint(own)

    before = taken_of_own(OWN)
    assert taken_of_own(f'"""Words."""\n{OWN}# Words.\n') == before
    assert taken_of_own(OWN.replace("twice()", "3 * twice()")) != before
    (package / "fruit/apple.py").write_text(APPLE.replace("1", "2"))
    assert taken_of_own(OWN) != before


def test_a_plugin_moved_with_its_folder_is_the_same(package, tmp_path):
    hashes = set()
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(OWN)
        hashes.add(module.plugin_fingerprint(tmp_path / folder / "mine.py"))
    assert len(hashes) == 1


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package of three modules that would fail if it were imported."""
    root = tmp_path / "site/orchard"
    (root / "trees").mkdir(parents=True)
    (root / "__init__.py").write_text("raise RuntimeError\n")
    (root / "trees/__init__.py").touch()
    (root / "trees/plum.py").write_text("from ..tools import saw\n\n\nclass Plum:\n    use = saw\n")
    (root / "tools.py").write_text("saw = 1\n")
    (root / "other.py").write_text("hoe = 1\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    return root


def test_an_installed_class_changes_with_all_that_its_package_gives_it(installed):
    def taken_of_class():
        forget()
        return module.class_fingerprint("orchard.trees.plum:Plum", "method")

    before = taken_of_class()
    (installed / "other.py").write_text("hoe = 2\n")
    assert taken_of_class() == before
    (installed / "tools.py").write_text("saw = 2\n")
    assert taken_of_class() != before


@pytest.mark.parametrize("name", ["orchard.pear:Pear", "no_such_package:Pear"])
def test_a_class_that_is_not_there_is_refused(installed, name):
    with pytest.raises(InputError, match=r"method: no module '.*' to import; install"):
        module.class_fingerprint(name, "method")


@pytest.fixture
def pages(package):
    """A module that names one of two pages, which extend a third that includes a style."""
    (package / "paper.py").write_text('PAGE = "letter.html"\n')
    (package / "templates").mkdir()
    for name in ("letter", "bill"):
        content = "{% extends 'sheet.html' %}{% block content %}Dear{% endblock %}"
        (package / f"templates/{name}.html").write_text(content)
    sheet = "{% include 'ink.css' %}{% block content %}{% endblock %}"
    (package / "templates/sheet.html").write_text(sheet)
    (package / "templates/ink.css").write_text("p { color: black; }")
    return package


@pytest.mark.parametrize("name", ["letter.html", "sheet.html", "ink.css"])
def test_a_template_that_a_module_names_extends_or_includes_changes_it(pages, name):
    before, others = taken("paper"), taken("scale")
    path = pages / "templates" / name
    path.write_text(path.read_text() + " ")
    assert taken("paper") != before
    assert taken("scale") == others


def test_a_template_of_another_module_does_not(pages):
    before = taken("paper")
    (pages / "templates/bill.html").write_text("Pay")
    assert taken("paper") == before


def test_every_page_of_the_reports_is_covered():
    templates = module._PACKAGE / "reports/templates"
    modules = (module._PACKAGE / "reports").glob("*.py")
    covered = set().union(*map(module._templates, modules))
    assert covered == set(templates.iterdir())


def test_what_was_noted_gives_the_same_hash_and_parses_nothing(package, tmp_path, monkeypatch):
    memory = tmp_path / "notes/sources.json"
    reader = sources.SourceReader(memory)
    monkeypatch.setattr(module, "_reader", reader)
    before = taken()
    reader.save()
    monkeypatch.setattr(module, "_reader", sources.SourceReader(memory))
    monkeypatch.setattr(sources, "_parsed", lambda content: pytest.fail("parsed"))
    assert taken() == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"3.11": {"a": {}}}', '{"3.11": 1}'])
def test_damaged_notes_are_made_anew(package, tmp_path, monkeypatch, text):
    memory = tmp_path / "sources.json"
    before = taken()
    memory.write_text(text)
    reader = sources.SourceReader(memory)
    monkeypatch.setattr(module, "_reader", reader)
    assert taken() == before
    reader.save()
    assert memory.read_text() != text
