"""What people read: the table, the figures and the comparison with the published numbers."""
