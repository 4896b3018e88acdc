# Around the jobs: those that a killed run left at work, and what is said of a failure or success.
import json
import time

from audio_debias.jobs.failures import describe_failure, has_begun, is_done
from audio_debias.jobs.notes import own_jobs
from audio_debias.jobs.orphans import end_orphans

STARTED = time.time()
own_jobs()


onstart:
    end_orphans(os.getcwd())


onsuccess:
    page, findings = Path(rules.index_page.output.page), Path(rules.findings.output.json)
    # Other targets leave an old page as it was.
    if page.exists() and page.stat().st_mtime >= STARTED:
        first = json.loads(findings.read_text(encoding="utf-8"))[:1]
        print(*(one["text"] for one in first), f"The answer: {page}", sep="\n", file=sys.stderr)


onerror:
    for one in workflow.scheduler.failed:
        members = [job for job in getattr(one, "jobs", [one]) if not is_done(job.log, STARTED)]
        # Of a failed group, those that it had not come to are no failures.
        begun = [job for job in members if has_begun(job.log, STARTED)]
        for job in begun or members:
            described = describe_failure(job.rule.name, job.wildcards_dict, job.log, STARTED)
            print(described, file=sys.stderr)
