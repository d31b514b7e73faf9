"""What the Python peers of `overdamped bench` share: the workload file, the choice of the fastest form, the commands.

A peer steps x' = x W - quartic x³ + push + kick R, where W = 1 - drift (diag(stiffness) + J) holds all that is linear.

Commands on stdin, one answer a line on stdout: `load FILE` → how it computes, `run STEPS` → seconds,
`state STEPS noise|still FILE` → states after STEPS steps from the start, float32 [units, batch];
`train ITERATIONS BATCH m s trap scale rate beta1 beta2` → seconds.
"""

import sys
import time

import numpy as np


class Workload:
    """The arrays of a workload file (src/bench/folder.ts), float32."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.units, self.batch, entries, self.seed = (int(n) for n in np.fromfile(file, "<i4", 4))
            self.drift, self.kick = np.fromfile(file, "<f4", 2)
            self.stiffness, self.quartic, self.bias = np.fromfile(file, "<f4", 3 * self.units).reshape(3, self.units)
            first = np.fromfile(file, "<i4", self.units + 1)
            neighbour = np.fromfile(file, "<i4", entries)
            weight = np.fromfile(file, "<f4", entries)
            self.start = np.fromfile(file, "<f4", self.units * self.batch).reshape(self.units, self.batch)
        self.couplings = np.zeros((self.units, self.units), np.float32)
        self.couplings[np.repeat(np.arange(self.units), np.diff(first)), neighbour] = weight
        self.sparse = entries < self.units * (self.units - 1)

    def linear(self):
        """W, symmetric."""
        return np.eye(self.units, dtype=np.float32) - self.drift * (np.diag(self.stiffness) + self.couplings)


class Training:
    """Force matching on the states of a workload as data, with Adam (src/learning/rules/force-matching.ts, adam.ts).

    Written in what NumPy and PyTorch have in common; `library` makes arrays, normals and random rows. All of J is trained,
    though it is symmetric: that is what a matrix product gives.
    """

    def __init__(self, workload, library, words):
        self.library, self.batch = library, int(words[0])
        self.m, self.s, self.trap, self.scale, self.rate, *self.betas = (float(word) for word in words[1:])
        self.data = library.array(np.ascontiguousarray(workload.start.T))
        given = (workload.stiffness, workload.quartic, workload.bias, workload.couplings)
        self.parameters = [library.array(array.copy()) for array in given]
        self.means, self.squares = ([0 * array for array in self.parameters] for _ in range(2))
        self.steps = 0

    def iterate(self):
        noise = self.library.normal((self.batch, self.data.shape[1]))
        x = self.m * self.data[self.library.rows(len(self.data), self.batch)] + self.s * noise
        target = self.trap * x - (self.scale / self.s) * noise
        stiffness, quartic, bias, couplings = self.parameters
        cube = x * x * x
        residual = bias - stiffness * x - quartic * cube - x @ couplings - target
        residual *= self.s**2 / self.batch
        product = residual.T @ x
        gradients = (-(residual * x).sum(0), -(residual * cube).sum(0), residual.sum(0), -(product + product.T))
        self.steps += 1
        for parameter, mean, square, gradient in zip(self.parameters, self.means, self.squares, gradients):
            self.adam(parameter, mean, square, gradient)
        quartic *= quartic > 0

    def adam(self, parameter, mean, square, gradient):
        first, second = self.betas
        mean *= first
        mean += (1 - first) * gradient
        square *= second
        square += (1 - second) * gradient * gradient
        size = (square / (1 - second**self.steps)) ** 0.5 + 1e-8
        parameter -= (self.rate / (1 - first**self.steps)) * mean / size


def seconds(work, times):
    begin = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - begin


def fastest(forms):
    """The form whose steps take least time, of those that this installation can do."""
    timed = []
    for make in forms:
        try:
            form = make()
            seconds(form.step, 2)
            timed.append((min(seconds(form.step, 5) for _ in range(3)), len(timed), form))
        except (ImportError, RuntimeError, NotImplementedError):
            continue
    return min(timed)[2]


def serve(hello, forms, library, read=Workload):
    """Answers commands; `forms(read(path))` are constructors of objects with name, kick, restart(), step(), state()."""
    print(hello, flush=True)
    workload = form = None
    for line in sys.stdin:
        command, *words = line.split()
        if command == "load":
            workload = read(line.rstrip("\n").split(" ", 1)[1])
            form = fastest(forms(workload))
            form.restart()
            answer = form.name
        elif command == "run":
            answer = f"{seconds(form.step, int(words[0])):.9f}"
        elif command == "state":
            kick = form.kick
            form.kick = kick if words[1] == "noise" else 0 * kick
            form.restart()
            seconds(form.step, int(words[0]))
            form.kick = kick
            np.ascontiguousarray(form.state(), "<f4").tofile(line.rstrip("\n").split(" ", 3)[3])
            answer = "ok"
        elif command == "train":
            training = Training(workload, library, words[1:])
            answer = f"{seconds(training.iterate, int(words[0])):.9f}"
        print(answer, flush=True)
