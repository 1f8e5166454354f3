"""Our float64 code: losses evaluated, weighted and reduced with NumPy alone; it never asks the oracle."""
