"""Inference: answers -> findings -> firings -> assessment -> explanation."""
