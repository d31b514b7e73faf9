"""NumPy on the searches behind the metrics of digits (src/bench/evaluation.ts): every sample is compared with every digit.

Squared distances are |a|² - 2 a·b + |b|², in float32 and in blocks of samples, so that the products are matrix products.

The argument is a file, little-endian, 4 bytes a number: int32 pixels, then the counts of samples, held-out digits, controls, training
digits and voters, int32 labels of the voters, float32 images of each of the five.
Commands on stdin, one answer a line on stdout: `run` → seconds, `distance` → the samples' mean distance to the nearest training digit.
"""

import sys
import time

import numpy as np

block = 250
neighbours = 5


class Digits:
    """Images that are searched."""

    def __init__(self, images):
        self.transposed = np.ascontiguousarray(images.T)
        self.squares = np.einsum("ij,ij->i", images, images)

    def blocks(self, samples):
        """Squared distances less |a|², which all digits share, a block of samples at a time."""
        for first in range(0, len(samples), block):
            part = samples[first : first + block]
            distances = (-2 * part) @ self.transposed
            distances += self.squares
            yield part, distances

    def nearest(self, samples):
        """Distance to the nearest digit."""
        squares = [(part * part).sum(1) + distances.min(1) for part, distances in self.blocks(samples)]
        return np.sqrt(np.maximum(np.concatenate(squares), 0))

    def votes(self, samples, labels):
        """The label that most of the nearest digits have."""
        rows = [np.argpartition(distances, neighbours, 1)[:, :neighbours] for _, distances in self.blocks(samples)]
        return [np.bincount(row, minlength=10).argmax() for row in labels[np.concatenate(rows)]]


with open(sys.argv[1], "rb") as file:
    pixels, *counts = np.fromfile(file, "<i4", 6)
    labels = np.fromfile(file, "<i4", counts[-1])
    samples, held_out, control, train, every = (
        np.fromfile(file, "<f4", count * pixels).reshape(count, pixels) for count in counts
    )


def evaluate():
    digits, voters = Digits(train), Digits(every)
    for images in (samples, held_out, control):
        digits.nearest(images)
    for images in (samples, train[: len(samples)], control):
        voters.votes(images, labels)


print(f"NumPy {np.__version__}", flush=True)
for line in sys.stdin:
    if line.strip() == "run":
        begin = time.perf_counter()
        evaluate()
        answer = f"{time.perf_counter() - begin:.9f}"
    else:
        answer = f"{Digits(train).nearest(samples).mean():.9f}"
    print(answer, flush=True)
