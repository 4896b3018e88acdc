# What the jobs of strengths and the page look up.
from audio_debias.experiment.method import strength_curves

# Methods that are one eraser at several strengths.
CURVES = {
    name: (point.curve, point.strength, point.reference)
    for name, point in strength_curves(EXPERIMENT.methods).items()
}
