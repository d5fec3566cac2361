"""Interview: which question next, and the conversation in the terminal."""
