"""Stories: articles about one event, across outlets and days."""
