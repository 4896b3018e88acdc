"""The demo's corpora: composed, rendered and seeded."""
