"""What is fitted on the train splits of two corpora and takes their difference out."""
