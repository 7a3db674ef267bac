"""The tests; CONTRIBUTING.md says how to run them."""

PATIENCE = 1_200.0
"""Seconds after which a process is taken for hung: many times what any needs, on a busy machine
too. No test fails for slowness alone."""
