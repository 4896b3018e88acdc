# Domain bias of pre-trained audio embeddings: measured, corrected, proved.
from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/lookups.smk"
include: "workflow/rules/corpora.smk"
include: "workflow/rules/embeddings.smk"
include: "workflow/rules/corrections.smk"
include: "workflow/rules/transfers.smk"
include: "workflow/rules/reports.smk"
include: "workflow/rules/finish.smk"


rule all:
    default_target: True
    input:
        rules.metrics.output,
        SHOWN,
        rules.resources.output,
        rules.report_page.output,
