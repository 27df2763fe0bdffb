"""How dates are written for people, by language: the ministry writes them the same in all."""
