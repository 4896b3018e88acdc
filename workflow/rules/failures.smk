# Around the jobs: those that a killed run left at work, and what is said of a failure.
import time

from audio_debias.jobs.failures import describe_failure, is_done
from audio_debias.jobs.orphans import end_orphans

STARTED = time.time()


onstart:
    end_orphans(os.getcwd())


onerror:
    failed = workflow.scheduler.failed
    for job in [job for one in failed for job in getattr(one, "jobs", [one])]:
        if not is_done(job.log, STARTED):
            described = describe_failure(job.rule.name, job.wildcards_dict, job.log, STARTED)
            print(described, file=sys.stderr)
