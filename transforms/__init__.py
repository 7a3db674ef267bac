"""What is done to text: pure functions plus one small class each. Knows no file, no runner."""
