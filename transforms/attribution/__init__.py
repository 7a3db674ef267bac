"""Where an article comes from: its agency and its dateline."""
