# The same as workflow/Snakefile, which can also be run from another folder or be imported.
include: "workflow/Snakefile"
