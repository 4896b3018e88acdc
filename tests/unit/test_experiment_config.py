"""The config is refused before anything runs, in one line that names the nearest known name."""

import copy

import pytest
import yaml

from audio_debias.corpora.clips import RESERVED
from audio_debias.errors import InputError
from audio_debias.evidence.bootstrap import MEAN
from audio_debias.experiment.config import load_experiment
from audio_debias.experiment.schema import read_yaml
from projects import ROOT


@pytest.fixture
def config():
    return copy.deepcopy(read_yaml(ROOT / "config.yaml"))


def refusal(config, root=ROOT):
    with pytest.raises(InputError) as caught:
        load_experiment(config, root)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_default_config_is_accepted_and_names_every_cell_once(config):
    experiment = load_experiment(config, ROOT)
    assert list(experiment.pairs) == ["demo_irmas--demo_openmic"]
    cells = [cell for cell in experiment.cells if cell.model == "mtt_vgg"]
    assert [f"{cell.method.name}-{cell.mode}" for cell in cells] == [
        "none-any",
        "random-global",
        "random-classwise",
        "lda-global",
        "lda-classwise",
        "mlda-global",
        "mlda-classwise",
        "mean-global",
        "mean-classwise",
        "leace-global",
        "leace-classwise",
        "leace_unlabelled-any",
        "zscore-global",
        "zscore-classwise",
        "k-any",
        "klda-global",
        "klda-classwise",
        "mklda-global",
        "mklda-classwise",
    ]


@pytest.mark.parametrize(
    ("field", "given", "nearest"),
    [
        ("models", "msd_musicn", "msd_musicnn"),
        ("methods", "mldaa", "mlda"),
        ("corpora", "demo_irmass", "demo_irmas"),
        ("labels", "clarinett", "clarinet"),
        ("genres", "classicall", "classical"),
        ("modes", "globall", "global"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(config, field, given, nearest):
    config[field] = [*config[field], given]
    message = refusal(config)
    assert field in message
    assert repr(given) in message
    assert f"did you mean {nearest!r}?" in message


def test_an_unknown_key_is_refused_with_the_nearest_known_one(config):
    config["method"] = config["methods"]
    assert "unknown key 'method'; did you mean 'methods'?" in refusal(config)


def test_an_unknown_key_of_a_section_names_the_section(config):
    config["kernel"]["mapp"] = "rff"
    message = refusal(config)
    assert message.startswith("config: kernel: ")
    assert "did you mean 'map'?" in message


def test_methods_without_the_reference_are_refused(config):
    config["methods"] = ["lda"]
    assert "must contain 'none'" in refusal(config)


def test_a_method_may_be_named_at_a_strength(config):
    config["methods"] = ["none", "leace@0.25"]
    method = load_experiment(config, ROOT).methods["leace@0.25"]
    assert (method.name, method.title, method.options["strength"]) == (
        "leace@0.25",
        "LEACE at 0.25",
        0.25,
    )
    config["methods"] = ["none", "k@0.5"]
    assert "k takes nothing out; write k" in refusal(config)
    config["methods"] = ["none", "leace@1.5"]
    assert refusal(config).startswith("config: methods")


@pytest.mark.parametrize("label", [*RESERVED, MEAN])
def test_a_label_cannot_be_called_as_a_column_of_the_workflows_own_tables(config, label):
    config["labels"] = [*config["labels"], label]
    assert f"config: labels: {label!r} is what the workflow's own tables call" in refusal(config)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strength": 2}, "strength: is 2; it must lie between 0 and 1"),
        ({"strength": "much"}, "strength: is 'much'; it must lie between 0 and 1"),
        ({"shrink": 0.5}, "unknown key 'shrink'; did you mean 'shrinkage'?"),
    ],
)
def test_options_of_a_method_are_checked_before_anything_runs(config, project, options, message):
    path = project / "resources" / "methods" / "mine.yaml"
    own = read_yaml(ROOT / "resources/methods/leace.yaml")
    path.write_text(yaml.safe_dump(own | {"name": "mine", "options": options}))
    config["methods"] = ["none", "mine"]
    with pytest.raises(InputError) as caught:
        load_experiment(config, project)
    assert str(caught.value) == f"resources/methods/mine.yaml: options: {message}"


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("classifier", "C", [0.0]),
        ("classifier", "folds", 1),
        ("extraction", "shard_clips", 0),
        ("extraction", "max_skipped", 1.5),
        ("figures", "dpi", "high"),
    ],
)
def test_a_value_out_of_range_names_its_key(config, section, key, value):
    config[section][key] = value
    assert refusal(config).startswith(f"config: {section}.{key}")


@pytest.mark.parametrize("method", ["mlda", "mklda"])
def test_a_method_with_a_direction_per_genre_is_refused_without_genres(config, method):
    config["genres"] = []
    config["methods"] = ["none", "lda", method]
    message = refusal(config)
    assert message.startswith(f"config: methods: {method} ")
    assert "demo_irmas has none of the genres" in message


def test_a_name_may_not_leave_its_folder(config):
    config["run"] = "../elsewhere"
    assert refusal(config).startswith("config: run")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder with the real schemas and room for definitions of one's own."""
    for name in ("workflow", "resources"):
        (tmp_path / name).mkdir()
    (tmp_path / "workflow/schemas").symlink_to(ROOT / "workflow/schemas")
    monkeypatch.chdir(tmp_path)
    for kind in ("corpora", "models", "methods"):
        (tmp_path / "resources" / kind).mkdir()
        for path in (ROOT / "resources" / kind).glob("*.yaml"):
            (tmp_path / "resources" / kind / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.mark.parametrize("change", [{"per_genre": True}, {"space": "kernel"}])
def test_clips_of_any_label_give_no_direction_a_genre_and_no_kernel_map(config, project, change):
    spec = read_yaml(ROOT / "resources/methods/zscore_unlabelled.yaml")
    text = yaml.safe_dump({**spec, "name": "mine", **change})
    (project / "resources/methods/mine.yaml").write_text(text)
    config["methods"] = ["none", "mine"]
    assert "mine.yaml: clips: training clips of any label" in refusal(config, project)


def test_a_definition_with_an_unknown_key_names_its_file(config, project):
    path = project / "resources/corpora/demo_irmas.yaml"
    path.write_text(yaml.safe_dump({**read_yaml(path), "titel": "Demo"}))
    message = refusal(config, project)
    assert message.startswith("resources/corpora/demo_irmas.yaml: ")
    assert "did you mean 'title'?" in message


def test_a_definition_that_is_not_yaml_is_refused_in_one_line(config, project):
    (project / "resources/corpora/demo_irmas.yaml").write_text("title: [")
    assert "not readable as YAML" in refusal(config, project)


def test_a_table_corpus_without_its_csv_names_the_missing_file(config, project, tmp_path):
    path = project / "resources/corpora/mine.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "title": "Mine",
                "reader": "table",
                "root": str(tmp_path),
                "options": {"csv": "clips.csv"},
                "labels": ["flute"],
                "licence": {"name": "own"},
                "citation": "none",
            }
        )
    )
    config["corpora"] = ["demo_irmas", "mine"]
    message = refusal(config, project)
    assert "resources/corpora/mine.yaml: options.csv: no such file" in message


def define(project, kind, name, /, **definition):
    own = {"title": name, "licence": {"name": "own"}, "citation": "none"}
    path = project / "resources" / kind / f"{name}.yaml"
    path.write_text(yaml.safe_dump(own | definition))


@pytest.mark.parametrize("name", ["corpora", "embeddings", "downloads", "extract"])
def test_a_run_may_not_be_called_after_what_all_runs_share(config, name):
    config["run"] = name
    assert refusal(config).startswith(f"config: run: '{name}'")


def test_fewer_clips_than_folds_are_refused(config):
    config["classifier"]["folds"] = 10
    assert refusal(config).startswith(
        "config: sampling.min_clips: is 8, but classifier.folds is 10"
    )


def test_against_the_rest_needs_three_corpora(config, project):
    config["against_rest"] = True
    assert refusal(config).startswith("config: against_rest: needs three corpora")
    spec = read_yaml(project / "resources/corpora/demo_irmas.yaml")
    define(project, "corpora", "third", **spec)
    config["corpora"] = [*config["corpora"], "third"]
    experiment = load_experiment(config, project)
    assert list(experiment.pairs)[3:] == [
        "demo_irmas--all_but_demo_irmas",
        "demo_openmic--all_but_demo_openmic",
        "third--all_but_third",
    ]
    pool = experiment.pools["all_but_third"]
    assert (pool.left_out, pool.corpora) == ("third", ("demo_irmas", "demo_openmic"))


def test_an_unknown_reader_and_kind_are_refused_with_the_nearest_known_one(config, project):
    define(project, "corpora", "mine", reader="tabel", root="/", labels=["flute"])
    changed = {**config, "corpora": ["demo_irmas", "mine"]}
    assert refusal(changed, project).endswith(
        "mine.yaml: reader: unknown name 'tabel'; did you mean 'table'?"
    )
    define(project, "models", "mine", name="mine", kind="savedmodell", sample_rate=16000, dim=4)
    assert refusal({**config, "models": ["mine"]}, project).endswith(
        "mine.yaml: kind: unknown name 'savedmodell'; did you mean 'savedmodel'?"
    )


def test_a_model_called_otherwise_than_its_file_is_refused(config, project):
    define(project, "models", "mine", name="yours", kind="yamnet", sample_rate=16000, dim=4)
    assert "mine.yaml: name: is 'yours'" in refusal({**config, "models": ["mine"]}, project)


def test_two_files_of_one_name_are_refused(config, project):
    for name in ("here", "there"):
        files = {"clips.zip": {"url": f"https://{name}.org/clips.zip"}}
        define(project, "corpora", name, reader="table", files=files, clips=9, labels=["flute"])
    config |= {"corpora": ["here", "there"], "labels": ["flute"], "genres": [], "methods": ["none"]}
    assert refusal(config, project) == (
        "resources/corpora/there.yaml: files: clips.zip: is another file in "
        "resources/corpora/here.yaml: files; rename one of them"
    )


@pytest.mark.parametrize(
    ("local", "message"),
    [
        ({"IRMAS-TrainingDat.zip": "."}, "did you mean 'IRMAS-TrainingData.zip'?"),
        ({"IRMAS-TrainingData.zip": "/no/such"}, "no such file or folder: /no/such"),
        ({"IRMAS-TrainingData.zip": "a" * 5000}, "no such file or folder: aaa"),
    ],
)
def test_a_typo_under_local_is_refused(config, local, message):
    config["local"] = local
    found = refusal(config)
    assert found.startswith("config: local: ")
    assert message in found


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("classifier", "C", [1.0, float("nan")]),
        ("classifier", "C", [float("inf")]),
        ("classifier", "folds", 3.0),
        ("extraction", "max_skipped", float("nan")),
    ],
)
def test_a_number_that_is_none_is_refused(config, section, key, value):
    config[section][key] = value
    assert refusal(config).startswith(f"config: {section}.{key}")


@pytest.mark.parametrize("name", ["test\n", "a" * 65])
def test_a_name_is_one_short_word(config, name):
    config["run"] = name
    assert refusal(config).startswith("config: run")


@pytest.mark.parametrize("title", ["<script>", "a </script> b", "two\nlines", "\ud83d"])
def test_a_title_that_would_break_the_report_is_refused(config, project, title):
    spec = read_yaml(project / "resources/corpora/demo_irmas.yaml")
    define(project, "corpora", "mine", **{**spec, "title": title})
    config["corpora"] = ["demo_irmas", "mine"]
    assert refusal(config, project).startswith("resources/corpora/mine.yaml: title")


@pytest.mark.parametrize(
    "source", ["pip:/tmp/folder", "pip:-r x==1", "pip:git+https://a/b", "ftp://a"]
)
def test_weights_come_from_an_address_or_a_pinned_package_alone(config, project, source):
    spec = read_yaml(project / "resources/models/mtt_vgg.yaml")
    weights = {**spec["weights"], "source": source}
    define(project, "models", "mine", **{**spec, "name": "mine", "weights": weights})
    assert "mine.yaml: weights" in refusal({**config, "models": ["mine"]}, project)


def test_a_corpus_and_a_model_of_one_name_are_refused(config, project):
    spec = read_yaml(project / "resources/models/mtt_vgg.yaml")
    define(project, "models", "demo_irmas", **{**spec, "name": "demo_irmas"})
    message = refusal({**config, "models": ["demo_irmas"]}, project)
    assert message.startswith("config: 'demo_irmas' names a corpus and a model")


@pytest.mark.parametrize("csv", [None, 5, "a" * 300])
def test_a_csv_that_is_no_file_name_is_refused(config, project, csv):
    options = {"csv": csv}
    define(project, "corpora", "mine", reader="table", root="/", options=options, labels=["flute"])
    config["corpora"] = ["demo_irmas", "mine"]
    assert refusal(config, project).startswith("resources/corpora/mine.yaml: options.csv")


def test_a_local_copy_may_be_named_from_the_home_folder_or_as_an_address(
    config, tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "irmas.zip").touch()
    for path in ("~/irmas.zip", f"file://{tmp_path}/irmas.zip"):
        config["local"] = {"IRMAS-TrainingData.zip": path}
        load_experiment(config, ROOT)


@pytest.mark.parametrize("folder", ["nothing.npz", "mine/{corpus}.npz"])
def test_embeddings_that_are_not_there_are_refused_before_anything_runs(
    config, project, tmp_path, monkeypatch, folder
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "demo_irmas.npz").touch()
    spec = read_yaml(project / "resources/models/mtt_vgg.yaml")
    spec |= {"name": "mine", "kind": "precomputed", "weights": {"folder": folder}}
    define(project, "models", "mine", **spec)
    message = refusal({**config, "models": ["mine"]}, project)
    missing = folder.replace("{corpus}", "demo_openmic")
    assert message == (
        f"resources/models/mine.yaml: weights.folder: no such file or folder: {missing}"
    )


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        ("labels", "[flute, no]", "read as false: write no, off or false in quotes"),
        ("labels", "[on, flute]", "read as true: write yes, on or true in quotes"),
        ("labels", "[808, flute]", "808, which YAML does not read as text; write it in quotes"),
        ("genres", "[off]", "read as false"),
        ("options", "{class_align: {no: flute}}", "options: class_align: a key is read as false"),
        ("options", "{class_align: {7: flute}}", "class_align: a key is 7, which YAML"),
        ("options", "{class_align: {x: yes}}", "options.class_align.x: read as true"),
        ("options", "{class_align: {x: flut}}", "x: unknown label 'flut'; did you mean 'flute'?"),
    ],
)
def test_a_name_that_yaml_reads_as_something_else_is_to_be_quoted(
    config, project, key, text, message
):
    lists = {"labels": ["flute"], "genres": ["jazz"], "options": {}}
    given = lists | {key: yaml.safe_load(text)}
    define(project, "corpora", "mine", reader="table", root="/", **given)
    config["corpora"] = ["demo_irmas", "mine"]
    assert message in refusal(config, project)
