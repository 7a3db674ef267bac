"""What one line of an article is, and which lines of an article belong to it."""
