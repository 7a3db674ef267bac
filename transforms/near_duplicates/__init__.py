"""Near-duplicate paragraphs: which one was taken from which, every pair verified."""
