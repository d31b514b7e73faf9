/** Groups of states x and residuals r, scratch for them, and where their sums go. */
type GroupArrays = [x: number, r: number, groups: number, p: number, q: number, s: number, d: number, out: number]

/** What the compiled kernels export (kernels/ says what each does); every argument is a number, addresses in bytes. */
export interface Kernels {
  normals(out: number, units: number, group: number, step: number, stream: number, key0: number, key1: number): void
  forces(system: number, block: number, x: number, scratch: number, force: number): void
  energies(system: number, block: number, x: number, scratch: number, energy: number): void
  advance(
    system: number,
    steps: number,
    from: number,
    to: number,
    group: number,
    groups: number,
    lanes: number,
    x: number,
    scratch: number,
    record: number,
  ): number
  noise(system: number, noise: number, group: number, x: number, target: number, scratch: number): void
  residuals(
    system: number,
    block: number,
    lanes: number,
    x: number,
    target: number,
    groups: number,
    scratch: number,
    field: number,
  ): number
  directional(system: number, block: number, scratch: number, ...arrays: GroupArrays): void
  nudged(system: number, block: number, plus: number, minus: number, ...arrays: GroupArrays): void
  gather(from: number, stride: number, units: number, count: number, weights: number, to: number): void
  scatter(from: number, units: number, count: number, to: number, stride: number): void
  statistic(
    system: number,
    block: number,
    x: number,
    r: number,
    groups: number,
    p: number,
    q: number,
    s: number,
    out: number,
  ): void
  trial(
    system: number,
    block: number,
    x: number,
    force: number,
    random: number,
    following: number,
    anchors: number,
    drift: number,
    kick: number,
    spring: number,
    next: number,
    forceThere: number,
    scratch: number,
    out: number,
  ): void
  pack(theta: number, first: number, second: number, from: number, to: number, block: number): void
  descend(descent: number, from: number, to: number): void
}
