"""What a web page holds: its blocks, its article, what it says about itself."""
