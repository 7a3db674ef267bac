"""Other tools doing their nearest equivalent, each a module run with ``python -m``.

They run in an interpreter that has the dependency group ``bench``; none imports copydesk. Each
prints one line of JSON with its figures as its last line of output.
"""
