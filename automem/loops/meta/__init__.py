"""What the two loops share of asking a meta-LLM: a conversation with tools, within caps, kept line by line."""
