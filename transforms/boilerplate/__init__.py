"""What is not the article, line by line: tables, surroundings and a trained model."""
