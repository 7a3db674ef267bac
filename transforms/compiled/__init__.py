"""Loops compiled by Numba, each file beside one subject, with its constants."""
