"""`python -m scripts.bench`: how fast the service is, told by ratios that one machine measures side by side.

Belongs here: the measuring, the peers measured beside the service, and how results are written down. Does not belong
here: anything that the service needs to run, and judgement in words (`docs/performance.md`).
"""
