"""What a user asked for: config and definitions, checked, and the plan that follows from them."""
