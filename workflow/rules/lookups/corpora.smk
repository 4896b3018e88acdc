# What the jobs of corpora need, looked up by their wildcards.
from audio_debias.fetching.checksums import file_digest

# The corpora that are read, not derived from another.
WITH_READER = [name for name, spec in EXPERIMENT.corpora.items() if "reader" in spec]
# Those of them that the reader fetches itself.
BY_NAME = [
    name for name in WITH_READER if not {"root", "demo", "files"} & EXPERIMENT.corpora[name].keys()
]


def source_root(wildcards):
    return source_root_of(wildcards.corpus)


def source_root_of(corpus):
    spec = EXPERIMENT.corpora[corpus]
    source = f"results/corpora/{corpus}/source"
    return spec.get("root", f"{source}/{spec['folder']}" if "folder" in spec else source)


def remote_file(name):
    """Address and checksum of a file of a corpus, or of the published results."""
    files = [spec.get("files", {}) for spec in EXPERIMENT.corpora.values()]
    return next(known[name] for known in [*files, PUBLISHED_FILES] if name in known)


def fetched_files(wildcards):
    """The corpus's files once fetched; one that lies unpacked on this disk is taken as it is."""
    files = corpus_spec(wildcards)["files"]
    return [unpacked(file) or f"results/downloads/{file}" for file in files]


def corpus_sources(wildcards):
    """The files that a corpus is indexed from, as far as they are known by name."""
    spec = corpus_spec(wildcards)
    if "demo" in spec:
        return collect(
            "results/corpora/{corpus}/{part}.csv",
            corpus=wildcards.corpus,
            part=["metadata", *(f"shard-{i}" for i in range(spec["demo"]["shards"]))],
        )
    if "files" in spec:
        return "results/corpora/{corpus}/source.csv"
    if wildcards.corpus in BY_NAME:
        return "results/corpora/{corpus}/licence.txt"
    named = [value for value in spec.get("options", {}).values() if isinstance(value, str)]
    files = [Path(spec["root"], value) for value in named]
    return [str(path) for path in {clip_csv(spec), *files} - {None} if path.is_file()]


def fetched_by(spec):
    """The options of a reader that say what it fetches: an edit of another fetches nothing again."""
    return {key: spec["options"][key] for key in ("dataset", "version") if key in spec["options"]}


def environment_of_reader(wildcards):
    """The environment that a reader says it runs in."""
    reader = EXPERIMENT.corpora[wildcards.corpus]["reader"]
    return f"../../envs/{READERS.environment(reader, 'reader', default='core')}.yaml"


def table_digest(wildcards):
    """A hash of the CSV that a corpus is read from, if it is."""
    table = clip_csv(corpus_spec(wildcards))
    return table and file_digest(table)


def reader_code(wildcards):
    """A hash of the reader, of the library or a user's own."""
    return plugin_fingerprint(READERS.find(corpus_spec(wildcards)["reader"], "reader"))
