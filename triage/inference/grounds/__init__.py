"""What a result rests on: the answers behind a rule, what doubts would bring, and who is not asked."""
