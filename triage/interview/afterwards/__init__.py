"""After the questions: the result, a menu of what can be asked about it, and the replies."""
