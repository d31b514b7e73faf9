import type { WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { columnOf } from './columns.js'
import type { Fields } from './fields.js'
import { hiddenExchanged } from './hidden-kernels.js'
import { blockUnits, exchanged } from './kernels.js'
import type { DeviceHidden, DeviceLandscape } from './landscape.js'
import type { DeviceArray, Workspace } from './workspace.js'

/** Measures what the steps of a part of an ensemble exchange. */
export interface ExchangeMeter {
  /** steps whose energies may be under way at once */
  readonly mostSteps: number
  /** starts to measure a step from x to `next`; the fields are those of the step's landscape */
  add(x: DeviceArray, fields: Fields, next: DeviceArray, fieldsNext: Fields, changed: boolean): Promise<void>
  /** what it goes on from when all is collected: energies at the start and now, [trajectories of the part] */
  readonly memory: { readonly energyStart: Float64Array; readonly energy: Float64Array }
  /** adds all that was started to work and heat */
  collect(): Promise<void>
}

/** Trajectories first … first + size - 1, in columns. */
export interface Part {
  readonly first: number
  readonly size: number
  readonly columns: number
  readonly units: number
}

/** A kernel whose threads (column, block of units) give U(x), U(x') and, of units that move, the heat of the step. */
interface Measure {
  readonly blocks: number
  readonly components: 2 | 3
  start(x: DeviceArray, fields: Fields, next: DeviceArray, fieldsNext: Fields): Promise<DeviceArray>
}

/** Bytes of energies on their way back, at most. */
const mostBytes = 2 ** 26

/**
 * Measures work and heat: the device adds up the energies of blocks of units in float32, the host adds blocks, steps and
 * differences in float64. So ΔU = W - Q telescopes to float64 rounding, while work and heat each gather the rounding of
 * their energies: about 10⁻⁷ of a trajectory's energy in a step, growing as the square root of the number of steps.
 *
 * @param x - states at the start, with their fields in the landscape before the first step
 */
export async function createExchangeMeter(
  workspace: Workspace,
  { onsite, hidden }: DeviceLandscape,
  { work, heat, heatIntegral, energyChange }: WorkAndHeat,
  { first, size, columns, units }: Part,
  x: DeviceArray,
  fields: Fields,
): Promise<ExchangeMeter> {
  const measures = [createMeasure(workspace, onsite, units, columns)]
  if (hidden !== null) measures.push(createHiddenMeasure(workspace, hidden, columns))
  const start = async (...states: Parameters<Measure['start']>): Promise<{ numbers: Promise<Float32Array[]> }> => {
    const reads: Promise<Float32Array>[] = []
    // Not awaited here: the copies are taken now, and the steps go on while they come.
    for (const { start } of measures) reads.push(workspace.read(await start(...states)))
    return { numbers: Promise.all(reads) }
  }
  const under: { numbers: Promise<Float32Array[]>; changed: boolean }[] = []
  const atStart = await (await start(x, fields, x, fields)).numbers
  const sum = (numbers: readonly Float32Array[], trajectory: number, component: 0 | 1 | 2) => {
    let total = 0
    measures.forEach(({ blocks, components }, n) => {
      for (let block = 0; block < blocks && component < components; block++)
        total += numbers[n]![(block * columns + columnOf(trajectory)) * components + component]!
    })
    return total
  }
  const energyStart = Float64Array.from({ length: size }, (_, b) => sum(atStart, b, 0))
  const energy = energyStart.slice()
  return {
    memory: { energyStart, energy },
    mostSteps: Math.max(
      1,
      Math.floor(mostBytes / (4 * columns * measures.reduce((sum, own) => sum + own.blocks * own.components, 0))),
    ),
    async add(from, at, to, then, changed) {
      under.push({ ...(await start(from, at, to, then)), changed })
    },
    async collect() {
      const all = await Promise.all(under.map(({ numbers }) => numbers))
      all.forEach((numbers, n) => {
        for (let b = 0; b < size; b++) {
          const jumped = under[n]!.changed ? sum(numbers, b, 0) : energy[b]!
          const after = sum(numbers, b, 1)
          work[first + b]! += jumped - energy[b]!
          heat[first + b]! -= after - jumped
          heatIntegral[first + b]! += sum(numbers, b, 2)
          energy[b] = after
        }
      })
      under.length = 0
      for (let b = 0; b < size; b++) energyChange[first + b] = energy[b]! - energyStart[b]!
    },
  }
}

/** Of the units with a row. */
function createMeasure(workspace: Workspace, onsite: DeviceArray, units: number, columns: number): Measure {
  const [blocks, components] = [Math.ceil(units / blockUnits), 3] as const
  const kernel = workspace.kernel(exchanged, {
    width: columns,
    height: blocks,
    components,
    takes: ['array', 'array', 'array', 'array', 'array', 'array', 'array'],
    constants: { units, blockUnits },
  })
  return { blocks, components, start: (x, at, next, then) => kernel(x, at.s, at.t, next, then.s, then.t, onsite) }
}

/** Of hidden units that follow at once. */
function createHiddenMeasure(workspace: Workspace, { units, own }: DeviceHidden, columns: number): Measure {
  const [blocks, components] = [Math.ceil(units / blockUnits), 2] as const
  const kernel = workspace.kernel(hiddenExchanged, {
    width: columns,
    height: blocks,
    components,
    takes: ['array', 'array', 'array'],
    constants: { units, blockUnits },
  })
  return { blocks, components, start: (_x, at, _next, then) => kernel(at.v!, then.v!, own) }
}
