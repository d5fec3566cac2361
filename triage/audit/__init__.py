"""The audit: how well cases test the rules, and what holds for every possible intake."""
