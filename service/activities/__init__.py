"""What happens is told: rules, webhooks, channels, and the jobs that have failed for good.

Belongs here: a folder a subject, each with the files that a feature has. Does not belong here: what happened and how it
is written (the database), how jobs are taken and done (`service/jobs`).
"""
