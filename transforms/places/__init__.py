"""Places: where an article was filed from, and the countries it names."""
