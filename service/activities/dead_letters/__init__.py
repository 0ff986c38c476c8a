"""Jobs that were tried as often as they may be: admins see them, have them tried anew, or give them up.

Does not belong here: how jobs are done (`service/jobs`).
"""
