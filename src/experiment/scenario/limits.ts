/** What a scenario asks memory for; any part may be nonsense, since other checks may not have run. */
interface Sizes {
  readonly network: {
    readonly visible: { readonly lattice?: readonly number[] | undefined; readonly units?: number | undefined }
    readonly hidden?: { readonly units: number; readonly kind?: string | undefined } | undefined
    readonly couplings: {
      readonly visible: { readonly range?: number | 'all' | undefined; readonly edges?: readonly unknown[] | undefined }
      readonly hidden?: { readonly range?: number | 'all' | undefined } | undefined
    }
  }
  readonly potential: { readonly onsite: readonly unknown[]; readonly pair: readonly unknown[] }
  readonly noising: { readonly slices: number; readonly duration: number; readonly stiffness: number }
  readonly learning?: { readonly batch: number } | undefined
  readonly data?: { readonly source: string; readonly samples?: number } | undefined
  readonly bath: { readonly mobility: number }
  readonly protocol?: { readonly duration: number; readonly dt?: number | undefined } | undefined
  readonly initial?: { readonly kind: string } | undefined
  readonly observe: readonly string[]
  readonly sampling: {
    readonly trajectories: number
    readonly batch: number
    readonly record: number
    readonly slowdown: number
    readonly dt?: number | undefined
  }
}

/** A size that is too large: the path of the key to lower, and what it would take. */
interface TooLarge {
  readonly path: string[]
  readonly message: string
}

/** Memory that a scenario may take: 4 GiB. */
const mostBytes = 2 ** 32
/** Couplings are also held as pairs in JavaScript's heap, which has 2 GiB or more: 160 bytes each while they are built. */
const mostCouplings = 4_000_000
/** Units: 1,000 × 1,000. */
const mostUnits = 1_000_000
/** Steps of a protocol: each has its length and clock in memory, and a thousand trajectories take a minute for 10⁵. */
const mostSteps = 20_000_000
/** Generation cuts a relaxation time 1/(μ k0) into at least so many steps. */
const stepsPerRelaxation = 1 / 0.03

// Float64 copies held at a time, counted in the code that holds them.
/** initial, final, their transposes for denoising, clean, control, files */
const copiesOfStates = 8
/** states, forces, noise and energies of the trajectories that advance together, and scratch of the terms */
const copiesOfBatch = 10
/** fields, responses and their products on the hidden units */
const copiesOfHidden = 4
/** parameters of all knots: trained, in the checkpoint, in the file */
const copiesOfKnots = 4
/** data, their held-out half, and the repetitions of the oracle with states and targets */
const copiesOfData = 16
/** covariances, their eigenvectors and roots, [units, units] */
const copiesOfCovariance = 6
/** frames of a recorded trajectory, float32 */
const frames = 600

/**
 * What makes a scenario take more memory than `mostBytes`, estimated from its numbers alone before any is taken: the
 * largest part, and protocols of too many steps.
 */
export function tooLarge(scenario: Sizes): TooLarge[] {
  const { visible, hidden, couplings } = scenario.network
  const { lattice, units: plain } = visible
  const units = plain ?? (lattice?.[0] ?? 0) * (lattice?.[1] ?? 0)
  const unitsPath = ['network', 'visible', plain === undefined ? 'lattice' : 'units']
  if (units > mostUnits)
    return [{ path: unitsPath, message: `${units} units; expected at most ${mostUnits.toLocaleString('en')}` }]

  const { range = 'all', edges } = couplings.visible
  const pairs = (units * (units - 1)) / 2
  const neighbours = typeof range === 'number' ? (units * ((2 * range + 1) ** 2 - 1)) / 2 : pairs
  const count = edges?.length ?? Math.min(pairs, neighbours)
  if (count > mostCouplings)
    return [
      {
        path: ['network', 'couplings', 'visible', 'range'],
        message: `about ${count} couplings between ${units} units; expected at most ${mostCouplings.toLocaleString('en')}. Lower the range or the units (edges: [] couples none)`,
      },
    ]

  const hiddenUnits = hidden?.units ?? 0
  const hiddenRange = couplings.hidden?.range ?? 'all'
  const seen = hiddenRange === 'all' ? units : Math.min(units, (2 * hiddenRange + 1) ** 2)
  const hiddenCount = hiddenUnits * seen
  if (hiddenUnits > mostUnits || hiddenCount > mostCouplings)
    return [
      {
        path: ['network', 'hidden', 'units'],
        message: `${hiddenUnits} hidden units with about ${hiddenCount} couplings; expected at most ${mostUnits.toLocaleString('en')} units and ${mostCouplings.toLocaleString('en')} couplings`,
      },
    ]

  const parameters =
    units * scenario.potential.onsite.length + count * scenario.potential.pair.length + hiddenCount + hiddenUnits
  // Hidden units that move are rows of the state, and not denoised.
  const moving = hidden?.kind === 'explicit' || hidden?.kind === 'glauber' ? hiddenUnits : 0
  const perTrajectory = (units + moving) * copiesOfBatch + hiddenUnits * copiesOfHidden
  // Samples are denoised, and losses measured, all at once.
  const hiddenOfAll = scenario.learning === undefined ? 0 : hiddenUnits * copiesOfHidden
  const { trajectories, batch, record } = scenario.sampling
  const parts: [path: string[], numbers: number, what: string][] = [
    [
      ['sampling', 'trajectories'],
      trajectories * ((units + moving) * copiesOfStates + hiddenOfAll + 8),
      `${trajectories} states of ${units} units`,
    ],
    [['sampling', 'batch'], Math.min(batch, trajectories) * perTrajectory, 'trajectories that advance together'],
    [['sampling', 'record'], (Math.min(record, trajectories) * (units + moving) * frames) / 2, 'recorded trajectories'],
  ]
  const correlated = scenario.initial?.kind === 'equilibrium' || scenario.observe.includes('moments')
  if (scenario.data !== undefined || correlated || trajectories >= 2 * units)
    parts.push([unitsPath, units * units * copiesOfCovariance, `covariances of ${units} units`])
  if (scenario.learning !== undefined) {
    const knots = scenario.noising.slices + 1
    parts.push(
      [['noising', 'slices'], knots * (parameters * copiesOfKnots + 8), `${parameters} parameters at ${knots} knots`],
      [['learning', 'batch'], scenario.learning.batch * perTrajectory, `minibatches of ${units} units`],
    )
  } else parts.push([['noising', 'slices'], 8 * scenario.noising.slices, 'knots'])
  if (scenario.data?.samples !== undefined)
    parts.push([
      ['data', 'samples'],
      scenario.data.samples * (units * copiesOfData + hiddenOfAll + 8),
      `states of ${units} units`,
    ])
  const steps = tooManySteps(scenario)
  const total = parts.reduce((sum, [, numbers]) => sum + numbers, 0) * Float64Array.BYTES_PER_ELEMENT
  if (total <= mostBytes) return steps
  const [path, , what] = parts.reduce((most, part) => (part[1] > most[1] ? part : most))
  const message = `${what} and the rest take about ${inGiB(total)}; expected at most ${inGiB(mostBytes)}`
  return [...steps, { path, message }]
}

/** Protocols of more than `mostSteps` steps, as far as the step is known before the stiffness is. */
function tooManySteps({ protocol, noising, bath, sampling }: Sizes): TooLarge[] {
  const say = (path: string[], steps: number) =>
    steps <= mostSteps
      ? []
      : [{ path, message: `about ${steps.toPrecision(3)} steps; expected at most ${mostSteps.toLocaleString('en')}` }]
  if (protocol !== undefined)
    return protocol.dt === undefined ? [] : say(['protocol', 'dt'], protocol.duration / protocol.dt)
  const time = noising.duration * sampling.slowdown
  return sampling.dt === undefined
    ? say(['sampling', 'slowdown'], time * bath.mobility * noising.stiffness * stepsPerRelaxation)
    : say(['sampling', 'dt'], time / sampling.dt)
}

function inGiB(bytes: number): string {
  return `${Number((bytes / 2 ** 30).toPrecision(3))} GiB`
}
