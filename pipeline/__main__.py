"""``python -m pipeline``: the same as ``copydesk``."""

from pipeline.cli import program

if __name__ == "__main__":
    program()
