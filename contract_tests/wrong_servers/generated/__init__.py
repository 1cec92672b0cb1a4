"""Wrong servers by generation: each decision of the conforming service, changed by an operator, under a condition."""
