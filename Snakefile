# Domain bias of pre-trained audio embeddings: measured, corrected, proved.
from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/corpora.smk"
include: "workflow/rules/embeddings.smk"
include: "workflow/rules/corrections.smk"
include: "workflow/rules/transfers.smk"
include: "workflow/rules/reports.smk"


rule all:
    default_target: True
    input:
        rules.metrics.output,
        rules.table.output,
        FIGURES,


onsuccess:
    write_report()
