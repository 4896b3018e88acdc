"""What the numbers prove: intervals, adversaries, controls, sources, findings."""
