"""Turn answers into findings; name each answer that does not fit, with what was probably meant."""
