"""How the app is served: processes, connections, threads.

Does not belong here: what a request means (the app).
"""
