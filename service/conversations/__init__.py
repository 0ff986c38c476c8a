"""Carries out what the engine wants, for members: the order of a turn's steps, no SQL, no HTTP, no engine."""
