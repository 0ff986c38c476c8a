"""Programs that use the service from outside, to begin from."""
