"""Around the jobs: their log, the hash of their code, what they cost."""
