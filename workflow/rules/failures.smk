# Around the jobs: those that a killed run left at work, and what is said of a failure.
import time

from audio_debias.jobs.failures import describe_failure, has_begun, is_done
from audio_debias.jobs.notes import own_jobs
from audio_debias.jobs.orphans import end_orphans

STARTED = time.time()
own_jobs()


onstart:
    end_orphans(os.getcwd())


onerror:
    for one in workflow.scheduler.failed:
        members = [job for job in getattr(one, "jobs", [one]) if not is_done(job.log, STARTED)]
        # Of a failed group, those that it had not come to are no failures.
        begun = [job for job in members if has_begun(job.log, STARTED)]
        for job in begun or members:
            described = describe_failure(job.rule.name, job.wildcards_dict, job.log, STARTED)
            print(described, file=sys.stderr)
