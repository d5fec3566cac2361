"""The parts of a knowledge base as frozen data: what each holds, and nothing of how it is read or checked."""
