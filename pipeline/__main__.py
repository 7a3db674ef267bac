"""``python -m pipeline``: the same as ``copydesk``."""

from pipeline.process import command

if __name__ == "__main__":
    command()
