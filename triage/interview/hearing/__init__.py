"""What a person typed, understood: an option, a number, a span of time, or a clear question back."""
