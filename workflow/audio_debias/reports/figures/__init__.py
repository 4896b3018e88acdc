"""The figures: one module and one function each, giving a matplotlib Figure."""
