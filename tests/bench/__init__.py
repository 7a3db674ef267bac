"""Measurements: corpora with known answers, scores, and runs against other tools."""
