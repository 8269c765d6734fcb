"""How a clinic does: numbers with their definitions, each opening the people it counts."""
