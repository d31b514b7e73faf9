import { unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ndarray from 'ndarray'
import { encodeNpy } from '../../src/experiment/files/npy.js'
import { encodeNpz } from '../../src/experiment/files/npz.js'
import { encodeSafetensors } from '../../src/experiment/files/safetensors.js'

/** Text that would run a script wherever it is not escaped. */
export const hostile = '</script><script>alert(1)</script>'
/** Samples in the run. */
export const count = 40

/** Writes one file of a run directory: bytes and text as they are, anything else as JSON. */
export function write(directory: string, name: string, content: object | string): void {
  const text = typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content)
  writeFileSync(join(directory, name), text)
}

/** A check with z = .3 or, when it fails, 5.2. */
export function check(name: string, pass: boolean) {
  return {
    name,
    kind: 'statistical',
    value: 1,
    truth: 1,
    standardError: 0.1,
    tolerance: 4,
    z: pass ? 0.3 : 5.2,
    control: false,
    pass,
  }
}

/** Values that fill [-1.2, 1.2] without a random number. */
function wave(rows: number, columns: number, phase = 0) {
  return ndarray(
    Float32Array.from({ length: rows * columns }, (_, index) => 1.2 * Math.sin(phase + 1.7 * index)),
    [rows, columns],
  )
}

/** A finished run that learned on a 3×3 lattice, with every file, hostile text in its names, and known first pixels. */
export function writeLearningRun(directory: string): void {
  write(directory, 'manifest.json', {
    formatVersion: 1,
    package: { name: 'overdamped', version: '0.1.0' },
    scenario: { name: 'small', hash: 'abc', profile: 'quick' },
    seed: 7,
    cpu: '<img src=x onerror=alert(2)>',
    backend: { name: 'reference', reason: 'asked for' },
    end: '2026-01-02T03:04:05.000Z',
    exitReason: 'finished',
    command: 'npx overdamped run scenarios/small.yaml --profile quick',
  })
  write(
    directory,
    'scenario.yaml',
    `name: ${JSON.stringify(hostile)}\nabout: ${JSON.stringify(hostile)}\nnetwork: { visible: { lattice: [3, 3] } }\n# lattice: [3, 3]\nlearning: { rule: force-matching }\n`,
  )
  write(directory, 'results.json', {
    timings: { train: 1.5, sample: 0.5, total: 2 },
    metrics: { oneNearestNeighbour: { value: 0.8412, standardError: 0.0171, floor: 0.51, control: 0.91 } },
    checks: [check('first-law', true), check(hostile, true)],
    thermodynamics: {
      work: { mean: 0, standardError: 0.1 },
      entropyProduction: { mean: 1, standardError: 0.1, boundary: 'exact' },
    },
    identities: [{ name: `⟨exp(-ΔS)⟩ ${hostile}`, value: 1.2, standardError: 0.1, truth: 1 }],
    learning: { heldOutLoss: 0.5 },
  })
  const slices = [3, 0.3, 0.01].map((t, slice) => ({
    kind: 'slice',
    slice,
    t,
    trainingLoss: 0.5,
    heldOutLoss: 0.5 + t / 10,
  }))
  const iterations = [0, 1, 2, 3].map((iteration) => ({
    kind: 'iteration',
    slice: 0,
    t: 3,
    iteration,
    loss: 1 / (1 + iteration),
  }))
  write(directory, 'metrics.jsonl', [...iterations, ...slices].map((row) => `${JSON.stringify(row)}\n`).join(''))
  const denoised = wave(count, 9)
  denoised.data.set([-1, 0, 1.5])
  write(directory, 'samples.npy', encodeNpy(wave(count, 9, 1)))
  write(directory, 'samples-denoised.npy', encodeNpy(denoised))
  const distances = ndarray(Float64Array.of(0.25, 0.5, 0.75), [3])
  const extremes = {
    ...{ closestSamples: wave(3, 9, 4), closestReal: wave(3, 9, 5), closestDistance: distances },
    ...{ farthestSamples: wave(3, 9, 6), farthestReal: wave(3, 9, 7), farthestDistance: distances },
  }
  write(directory, 'comparison.npz', encodeNpz({ heldOut: wave(30, 9, 2), control: wave(50, 9, 3), ...extremes }))
  writeLearned(directory, 3, 3)
  const perTrajectory = (phase: number) => ndarray(wave(count, 1, phase).data, [count])
  write(
    directory,
    'thermodynamics.npz',
    encodeNpz({ work: perTrajectory(0), heat: perTrajectory(1), entropyProduction: perTrajectory(2) }),
  )
  const time = ndarray(Float64Array.of(3, 1, 0.1, 0.01), [4])
  write(directory, 'trajectories.npz', encodeNpz({ time, x: ndarray(wave(8, 9).data, [2, 4, 9]) }))
}

/** Noise times from 3 down to .01. */
function knotTimes(knots: number): Float64Array {
  return Float64Array.from({ length: knots }, (_, knot) => 3 * (0.01 / 3) ** (knot / (knots - 1)))
}

/**
 * Parameters and virial residuals on a square lattice with all pairs. Stiffness is knot + 1 + unit/100, so a reader can tell
 * what is shown; the strongest coupling, -7, joins units 1 and 5; a term has a hostile name.
 */
function writeLearned(directory: string, side: number, knots: number): void {
  const units = side * side
  const edges: number[] = []
  for (let a = 0; a < units; a++) for (let b = a + 1; b < units; b++) edges.push(a, b)
  const pairs = edges.length / 2
  const matrix = (columns: number, value: (knot: number, column: number) => number) => ({
    shape: [knots, columns],
    data: Float64Array.from({ length: knots * columns }, (_, n) => value(Math.floor(n / columns), n % columns)),
  })
  const isStrongest = (edge: number) => edges[2 * edge] === 1 && edges[2 * edge + 1] === 5
  write(
    directory,
    'parameters.safetensors',
    encodeSafetensors({
      knots: { shape: [knots], data: knotTimes(knots) },
      edges: { shape: [pairs, 2], data: Int32Array.from(edges) },
      stiffness: matrix(units, (knot, unit) => knot + 1 + unit / 100),
      [hostile]: matrix(units, (knot, unit) => Math.sin(knot + unit)),
      bilinear: matrix(pairs, (knot, edge) => (isStrongest(edge) ? -7 : Math.cos(knot + edge + 0.5))),
    }),
  )
  const t = ndarray(knotTimes(knots), [knots])
  const onsite = ndarray(wave(knots, units).data, [knots, units])
  write(directory, 'virial.npz', encodeNpz({ t, onsite, pair: ndarray(new Float64Array(knots).fill(0.125), [knots]) }))
}

/** Two knots; hidden unit h sees unit i with (h + 1)(i + 1)/10 at the first knot and ten times that at the second. */
export function writeHidden(
  directory: string,
  visible: number,
  hidden: number,
  change: Parameters<typeof encodeSafetensors>[0] = {},
): void {
  const edges: number[] = []
  for (let h = 0; h < hidden; h++) for (let i = 0; i < visible; i++) edges.push(i, h)
  const count = hidden * visible
  const tensors: typeof change = {
    knots: { shape: [2], data: Float64Array.of(3, 0.01) },
    edges: { shape: [0, 2], data: new Int32Array(0) },
    stiffness: { shape: [2, visible], data: new Float64Array(2 * visible).fill(1) },
    'hidden-edges': { shape: [count, 2], data: Int32Array.from(edges) },
    'hidden-coupling': {
      shape: [2, count],
      data: Float64Array.from({ length: 2 * count }, (_, n) => {
        const edge = n % count
        const value = (Math.floor(edge / visible) + 1) * ((edge % visible) + 1)
        return n < count ? value / 10 : value
      }),
    },
    'hidden-bias': { shape: [2, hidden], data: Float64Array.from({ length: 2 * hidden }, (_, n) => n) },
  }
  write(directory, 'parameters.safetensors', encodeSafetensors({ ...tensors, ...change }))
}

/** Makes it as large as the full mnist-01: 12×12 units, all pairs, 41 knots, 12 trajectories of 190 times, 1,000 samples. */
export function writeLargeRun(directory: string): void {
  writeLearningRun(directory)
  write(directory, 'scenario.yaml', 'name: large\nnetwork: { visible: { lattice: [12, 12] } }\nlearning: {}\n')
  writeLearned(directory, 12, 41)
  write(directory, 'samples.npy', encodeNpy(wave(1000, 144, 1)))
  write(directory, 'samples-denoised.npy', encodeNpy(wave(1000, 144)))
  write(directory, 'comparison.npz', encodeNpz({ heldOut: wave(100, 144, 2), control: wave(100, 144, 3) }))
  const time = ndarray(knotTimes(190), [190])
  write(directory, 'trajectories.npz', encodeNpz({ time, x: ndarray(wave(12 * 190, 144).data, [12, 190, 144]) }))
}

/** Turns it into a plain simulation of one unit with the exact equilibrium density. */
export function writeSimulation(directory: string): void {
  for (const name of ['metrics.jsonl', 'parameters.safetensors', 'virial.npz']) unlinkSync(join(directory, name))
  unlinkSync(join(directory, 'samples-denoised.npy'))
  write(directory, 'scenario.yaml', 'name: well\nnetwork: { visible: { units: 1 } }\nprotocol: { duration: 1 }\n')
  write(directory, 'samples.npy', encodeNpy(wave(count, 1)))
  const boltzmannX = ndarray(Float64Array.of(-1, 0, 1), [3])
  write(
    directory,
    'comparison.npz',
    encodeNpz({ boltzmannX, boltzmannDensity: ndarray(Float64Array.of(0.2, 0.6, 0.2), [3]) }),
  )
  write(directory, 'thermodynamics.npz', encodeNpz({ work: ndarray(new Float32Array(count), [count]) }))
  const time = ndarray(Float64Array.of(0, 0.5, 1), [3])
  write(directory, 'trajectories.npz', encodeNpz({ time, x: ndarray(wave(6, 1).data, [2, 3, 1]) }))
}

/** Turns it into a learned run of two units without a lattice. */
export function writeTwoUnits(directory: string): void {
  for (const name of ['trajectories.npz', 'parameters.safetensors', 'virial.npz']) unlinkSync(join(directory, name))
  write(directory, 'scenario.yaml', 'name: two\nnetwork: { visible: { units: 2 } }\nlearning: {}\n')
  write(directory, 'samples.npy', encodeNpy(wave(count, 2, 1)))
  write(directory, 'samples-denoised.npy', encodeNpy(wave(count, 2)))
  write(directory, 'comparison.npz', encodeNpz({ heldOut: wave(30, 2, 2), control: wave(50, 2, 3) }))
}

/**
 * Gives a run of two units a cloud and a map: twelve points on a circle of radius 2 that shrinks to 1 in five frames, over x² + y² in kT
 * at the first knot and 4(x² + y²) at the second.
 */
export function writeLandscape(directory: string): void {
  const [frames, points, places] = [5, 12, 21]
  const time = knotTimes(frames)
  const cloud = Float32Array.from({ length: points * frames * 2 }, (_, n) => {
    const [point, frame] = [Math.floor(n / 2 / frames), Math.floor(n / 2) % frames]
    const angle = (2 * Math.PI * (point + 0.5)) / points
    return (2 - frame / (frames - 1)) * (n % 2 === 0 ? Math.cos(angle) : Math.sin(angle))
  })
  const axis = Float64Array.from({ length: places }, (_, n) => -3 + (6 * n) / (places - 1))
  const potential = Float32Array.from({ length: 2 * places ** 2 }, (_, n) => {
    const [map, row, column] = [Math.floor(n / places ** 2), Math.floor(n / places) % places, n % places]
    return (map === 0 ? 1 : 4) * ((axis[row] as number) ** 2 + (axis[column] as number) ** 2)
  })
  write(
    directory,
    'landscape.npz',
    encodeNpz({
      time: ndarray(time, [frames]),
      cloud: ndarray(cloud, [points, frames, 2]),
      ...{ x: ndarray(axis, [places]), y: ndarray(axis, [places]), t: ndarray(Float64Array.of(3, 0.01), [2]) },
      potential: ndarray(potential, [2, places, places]),
    }),
  )
}
