import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A command that is killed and given again. */
export interface Command {
  readonly name: string
  /** what comes after `overdamped`, in a folder that `prepare` has set up; it writes to `out` alone */
  readonly args: readonly string[]
  /** commands that come before it and are left alone */
  readonly before: readonly (readonly string[])[]
  /** files beside it, by their names */
  readonly files: Readonly<Record<string, object>>
}

/** Where each command writes to. */
export const out = 'out'
/** Seconds between two checkpoints that are asked for. */
const interval = 0.2

const mixture = {
  source: 'gaussian-mixture',
  ...{
    means: [
      [2, 1],
      [-1, 0],
    ],
    width: 0.4,
    samples: 300,
  },
}

/** Every stage that learning has: descent, settling, refinement; then a generation that is measured. */
const training = (more: object = {}) => ({
  name: 'killed-training',
  data: mixture,
  network: { visible: { units: 2 }, hidden: { units: 24, temperature: '0.3*(1 - exp(-2*t))^-0.5' }, label: {} },
  potential: { onsite: ['stiffness', 'cubic', 'quartic', 'bias'], pair: ['bilinear'] },
  noising: { duration: 2, tMin: 0.05, slices: 6 },
  learning: {
    rule: 'nudged-force-matching',
    centre: true,
    optimizer: { hiddenRate: 0.03, biasFactor: 3 },
    ...{ iterations: 120, batch: 64, average: 0.4 },
    settle: { iterations: 20, batch: 64 },
    refine: { passes: 6, trajectories: 200 },
    ...more,
  },
  sampling: { trajectories: 400, batch: 100, interpolation: 'alternate' },
  observe: ['work', 'heat', 'entropy-production', 'trajectories'],
  checks: ['first-law'],
})

/** A relaxation, a simulation and its reverse, all of whose observers carry something. */
const simulation = (trajectories: number) => ({
  name: 'killed-simulation',
  network: { visible: { units: 4 } },
  potential: { onsite: ['stiffness', 'quartic', 'bias'], pair: ['bilinear'] },
  initial: { kind: 'relax', steps: 200 },
  protocol: {
    ...{ duration: 2, dt: 0.004, bothWays: true },
    parameters: { stiffness: '1 - t/2', quartic: 1, bias: 't/4', bilinear: -0.2 },
  },
  sampling: { trajectories, batch: 250 },
  record: { frames: 20, trajectories: 8 },
  observe: ['work', 'heat', 'entropy-production', 'trajectories'],
  checks: ['first-law'],
})

const study = {
  name: 'killed-study',
  data: { source: 'boltzmann', parameters: { stiffness: 4, bias: 2, bilinear: 0.25 }, samples: 1000 },
  network: { visible: { units: 6 } },
  potential: { onsite: ['stiffness', 'bias'], pair: ['bilinear'] },
  objective: {
    ...{ kind: 'nce', start: { stiffness: 1 }, iterations: 700, repeats: 2 },
    optimizer: { kind: 'adam', rate: 0.02 },
    ...{ batch: 200, noise: 200, refresh: 5 },
  },
}

const run = (backend: string, more: readonly string[] = []) => [
  ...['run', 'scenario.json', '--backend', backend, ...more],
  ...['--out', out, '--resume', '--checkpoint-interval', String(interval), '--threads', '2', '--quiet'],
]
const alone = (name: string, scenario: object, args: readonly string[]): Command => ({
  ...{ name, args, before: [], files: { 'scenario.json': scenario } },
})

/** Commands of each kind, which are taken in turn. */
export const kinds: Readonly<Record<string, readonly Command[]>> = {
  training: [
    alone('training, auto', training(), run('auto')),
    alone('training, reference', training({ iterations: 100 }), run('reference')),
  ],
  simulation: [
    alone('simulation, auto', simulation(3000), run('auto')),
    alone('simulation, reference', simulation(1000), run('reference')),
  ],
  study: [alone('study', study, run('auto'))],
  sweep: [
    alone('sweep', simulation(500), [
      ...['sweep', 'scenario.json', '--over', 'bath.kT=0.8,1,1.2', '--backend', 'auto'],
      ...['--out', out, '--checkpoint-interval', String(interval), '--threads', '2', '--quiet'],
    ]),
  ],
  inpainting: [
    {
      name: 'inpainting',
      files: { 'scenario.json': training({ iterations: 20, refine: { passes: 0 } }) },
      before: [['run', 'scenario.json', '--out', 'parent', '--quiet', '--threads', '1']],
      args: [
        ...['sample', 'parent', '--inpaint', '0', '--image', '0,1,2,3', '--completions', '400'],
        ...['--out', out, '--resume', '--checkpoint-interval', String(interval), '--threads', '2', '--quiet'],
      ],
    },
  ],
  verify: [
    {
      ...{ name: 'verify', files: {}, before: [] },
      args: [
        ...['verify', '--only', 'ornstein-uhlenbeck', '--only', 'identities', '--out', out, '--resume'],
        ...['--checkpoint-interval', String(interval), '--threads', '2', '--quiet'],
      ],
    },
  ],
}

/** Writes the files of a command to a folder. */
export function prepare(folder: string, { files }: Command): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(value))
}
