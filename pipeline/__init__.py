"""How articles move: Beam, files, commits. Knows no rule about text."""
