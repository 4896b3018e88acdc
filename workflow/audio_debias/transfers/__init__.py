"""Train on one corpus, test on both: classifiers, scores, metrics and bias measures."""
