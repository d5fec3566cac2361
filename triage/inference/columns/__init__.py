"""The second evaluator: the rules over a block of intakes, a column of bits a finding."""
