# The same as workflow/Snakefile, which can also be run from another folder or be imported.
include: "workflow/Snakefile"


# What is included sets no default target.
rule everything:
    default_target: True
    input:
        rules.all.input,
