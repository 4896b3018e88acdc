"""YAML that is refused before anything is made of it."""

import time

import pytest

from audio_debias.errors import InputError
from audio_debias.experiment.yaml_files import read_yaml

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 10)}]\n" for i in range(16)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("run: a\nseed: 1\nrun: b\n", "line 3: the key 'run' is given twice"),
        ("a: {b: 1, b: 2}", "line 1: the key 'b' is given twice"),
        (BOMB, "aliases of aliases"),
        ("a: " + "[" * 200 + "]" * 200, "nested"),
        ("a: " + "[" * 100_000, "nested"),
        ("a: " + "x" * 2**21, "larger than 1 MiB"),
        ("a: &a [*a]", "nested deeper|not readable"),
        ("- a", "must hold a mapping"),
        ("a: !!python/object/apply:os.system [id]", "not readable as YAML"),
        ("a: \x00", "not readable as YAML"),
        ("a: 2026-13-45", "not readable as YAML"),
    ],
)
def test_what_no_definition_is_is_refused_at_once_in_one_line(tmp_path, text, message):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    start = time.monotonic()
    with pytest.raises(InputError, match=message) as error:
        read_yaml(path)
    assert time.monotonic() - start < 30
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_plain_aliases_merges_and_a_byte_order_mark_are_read(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("\ufeffa: &a {x: 1}\nb: {<<: *a, y: 2}\nc: [*a, *a]\n1: one\n'1': text\n")
    content = read_yaml(path)
    assert content["b"] == {"x": 1, "y": 2}
    assert content["c"] == [{"x": 1}, {"x": 1}]


def test_a_merged_mapping_may_override_what_it_merges_itself(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("base: &base {x: 1}\na: &a {<<: *base, x: 2}\n<<: *a\n")
    assert read_yaml(path) == {"base": {"x": 1}, "a": {"x": 2}, "x": 2}


@pytest.mark.parametrize("shape", ["deep", "wide"])
def test_merges_that_grow_with_every_alias_are_refused_at_once(tmp_path, shape):
    keys = ", ".join(f"k{number}: 1" for number in range(10))
    lines = [f"a0: &a0 {{{keys}}}"]
    if shape == "deep":  # ten times as many keys a line
        for number in range(1, 12):
            aliases = ", ".join([f"*a{number - 1}"] * 10)
            lines.append(f"a{number}: &a{number} {{<<: [{aliases}]}}")
    else:
        aliases = ", ".join(["*a0"] * 1000)
        lines += [f"b{number}: {{<<: [{aliases}]}}" for number in range(50)]
    path = tmp_path / "a.yaml"
    path.write_text("\n".join(lines))
    with pytest.raises(InputError, match="merges more than 100,000 values"):
        read_yaml(path)
