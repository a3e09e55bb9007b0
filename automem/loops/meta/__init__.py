"""What the two loops share of proposing: from documents, or by a conversation with a meta-LLM, kept line by line."""
