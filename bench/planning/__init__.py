"""How good and how fast a night's plan is, beside scipy.optimize.milp and a greedy rule."""
