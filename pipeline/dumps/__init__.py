"""Raw bytes to articles, one module per dump format."""
