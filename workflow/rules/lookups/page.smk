# What the page may let people hear.
HEARD = EXPERIMENT.cells if config["page"]["clips"] else []


def sound_of(corpus):
    """The folder of a corpus's audio, if its licence lets excerpts be passed on."""
    licence = EXPERIMENT.corpora[corpus]["licence"]
    return source_root_of(corpus) if licence.get("redistributable") else None
