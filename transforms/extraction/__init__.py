"""From a raw document to the lines of its article, and the metadata of its page."""
