import { exitCode, OverdampedError } from '../../errors.js'
import { exactStates } from '../../learning/objectives/exact-states.js'
import { createLandscape } from '../../learning/objectives/landscape.js'
import { frameOf, type Paths, recordPaths } from '../../learning/objectives/paths.js'
import { divergenceLimit } from '../../physics/dynamics/divergence.js'
import { createNetwork } from '../../physics/network/network.js'
import { stream } from '../../physics/noise/streams.js'
import { createPotential, type Potential } from '../../physics/potential/potential.js'
import { loadColumns } from '../files/columns.js'
import type { Scenario } from '../scenario/schema.js'
import { parametersFrom } from '../system/named-values.js'
import type { System } from '../system/system.js'

/** Where time series come from. */
export interface SeriesSource {
  /** h, the time between two frames */
  readonly dt: number
  /** the network whose first units are recorded; null for a series from a file */
  readonly recorded: { readonly potential: Potential; readonly parameters: Float64Array } | null
  /** the series of one repetition */
  paths(seed: number): Paths
}

/** The time series of a scenario; null where its data are no series. */
export function seriesSource(scenario: Scenario, system: System): SeriesSource | null {
  const { data } = scenario
  if (data?.source === 'series') {
    const paths = seriesOf(data.path, system.potential.network.units)
    return { dt: data.dt, recorded: null, paths: () => paths }
  }
  return data?.source === 'trajectories' ? trajectoriesOf(scenario, data, system) : null
}

type TrajectoryKeys = Extract<Scenario['data'], { source: 'trajectories' }>

function trajectoriesOf(scenario: Scenario, data: TrajectoryKeys, { potential: own, bath }: System): SeriesSource {
  const seenUnits = own.network.units
  const units = data.units ?? seenUnits
  if (units < seenUnits)
    throw new OverdampedError(
      'E_INVALID_VALUE',
      `${units} units, of which ${seenUnits} are seen (network.visible).`,
      'data.units',
    )
  const network = createNetwork({ visible: { units }, couplings: { visible: { range: 'all' } } })
  const potential = units === seenUnits ? own : createPotential(network, scenario.potential, bath.kT)
  const parameters = parametersFrom(potential, data.parameters, 'data.parameters')
  return {
    dt: data.dt,
    recorded: { potential, parameters },
    paths(seed) {
      const landscape = createLandscape(potential, bath)
      const start = exactStates(potential, parameters, bath, data.runs, { seed, stream: stream.data, step: 0 })
      const key = { dt: data.dt, seed, stream: stream.recordedPaths }
      // Equilibrium is not quite the law of the scheme: what its step changes settles first.
      const settled = recordPaths(landscape, parameters, bath, start, { ...key, steps: data.settle, from: 0 })
      const now = frameOf(settled, data.settle)
      const recorded = recordPaths(landscape, parameters, bath, now, { ...key, steps: data.steps, from: data.settle })
      if (!recorded.x.every((value) => Math.abs(value) < divergenceLimit))
        throw new OverdampedError(
          'E_DIVERGED',
          `trajectories run away in steps of ${data.dt}. Take shorter ones, or parameters that confine every unit.`,
          'data.dt',
          exitCode.failed,
        )
      return firstUnits(recorded, seenUnits)
    },
  }
}

function firstUnits({ x, frames, paths }: Paths, units: number): Paths {
  return { x: x.slice(0, units * frames * paths), units, frames, paths }
}

/** A table of numbers as one path, each column standardised. @throws E_DATA for columns that are no numbers, or not as many as units */
function seriesOf(path: string, units: number): Paths {
  const columns = loadColumns(path, {})
  const fault = (text: string) => new OverdampedError('E_DATA', text, path)
  if (columns.length !== units)
    throw fault(`${columns.length} columns; expected ${units}, one for each unit (network.visible).`)
  const frames = columns[0]!.values.length
  const x = new Float64Array(units * frames)
  columns.forEach(({ name, kind, values }, i) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / frames
    const width = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / frames)
    if (kind !== 'real' || !(width > 0))
      throw fault(`column ${JSON.stringify(name)} is no series of numbers that differ. Expected numbers in each row.`)
    values.forEach((value, t) => {
      x[i * frames + t] = (value - mean) / width
    })
  })
  return { x, units, frames, paths: 1 }
}
