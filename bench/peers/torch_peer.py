"""PyTorch on the CPU, in place: a matrix product or sparse rows, and its own normals. Argument: the number of threads."""

import sys

import torch
from peer import serve


class Dense:
    """States [batch, units], a row each."""

    name = "dense addmm"

    def __init__(self, workload):
        self.kick, self.start = float(workload.kick), torch.from_numpy(workload.start).T.contiguous()
        self.linear = torch.from_numpy(workload.linear())
        self.quartic = torch.from_numpy(workload.drift * workload.quartic)
        self.push = torch.from_numpy(workload.drift * workload.bias)
        torch.manual_seed(workload.seed)
        self.restart()

    def restart(self):
        self.x = self.start.clone()
        self.next, self.scratch = torch.empty_like(self.x), torch.empty_like(self.x)

    def product(self):
        return torch.addmm(self.push, self.x, self.linear, out=self.next)

    def step(self):
        x, out, scratch = self.x, self.product(), self.scratch
        torch.mul(x, x, out=scratch).mul_(x)
        out.addcmul_(scratch, self.quartic, value=-1)
        out.add_(scratch.normal_(), alpha=self.kick)
        self.x, self.next = out, x

    def state(self):
        return self.x.T.numpy()


class Sparse(Dense):
    """Compressed sparse rows; states [units, batch], batch innermost."""

    name = "sparse rows (CSR)"

    def __init__(self, workload):
        super().__init__(workload)
        self.linear, self.start = self.linear.to_sparse_csr(), torch.from_numpy(workload.start)
        self.quartic, self.push = self.quartic[:, None], self.push[:, None]
        self.restart()

    def product(self):
        return torch.addmm(self.push, self.linear, self.x)

    def state(self):
        return self.x.numpy()


class Library:
    """What training needs beyond arithmetic."""

    array = staticmethod(torch.from_numpy)
    normal = staticmethod(torch.randn)

    @staticmethod
    def rows(below, count):
        return torch.randint(below, (count,))


def forms(workload):
    return [lambda kind=kind: kind(workload) for kind in (Dense, Sparse)[: 2 if workload.sparse else 1]]


torch.set_num_threads(int(sys.argv[1]))
with torch.inference_mode():
    serve(f"PyTorch {torch.__version__}", forms, Library())
