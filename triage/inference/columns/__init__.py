"""The second evaluator: it runs the rules over a block of intakes, held as columns of bits."""
