# Code and environments as params of every rule, so that an edit runs again what it touches.
include: "lookups/reruns.smk"


# Snakemake compares scripts by their time stamp, which a fresh clone sets anew, does not look at
# what they import, and compares environments only if it made them itself. All three are params
# here, and the profiles leave out its own trigger. A checksum, not the code that fetched it, says
# whether a download is right: no edit fetches gigabytes again.
RULES = PROJECT / "workflow/rules"
for each in workflow.modifier.rules:
    # Those of a workflow that includes this one are left alone.
    if each.basedir.get_path_or_uri(secret_free=False) != str(RULES):
        continue
    if each.script and Path(each.script).name not in ("fetch.py", "fetch_weights.py"):
        each.set_params(
            code=script_fingerprint((RULES / each.script).resolve()),
            environment=environment_of_rule(each.conda_env),
        )
