import type { WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { columnOf } from './columns.js'
import type { Fields } from './fields.js'
import { blockUnits, exchanged } from './kernels.js'
import type { DeviceLandscape } from './landscape.js'
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
  { onsite }: DeviceLandscape,
  { work, heat, heatIntegral, energyChange }: WorkAndHeat,
  { first, size, columns, units }: Part,
  x: DeviceArray,
  fields: Fields,
): Promise<ExchangeMeter> {
  const blocks = Math.ceil(units / blockUnits)
  const measure = workspace.kernel(exchanged, {
    width: columns,
    height: blocks,
    components: 3,
    takes: ['array', 'array', 'array', 'array', 'array', 'array', 'array'],
    constants: { units, blockUnits },
  })
  const start = async (from: DeviceArray, at: Fields, to: DeviceArray, then: Fields) => {
    const result = await measure(from, at.s, at.t, to, then.s, then.t, onsite)
    // Not awaited here: the copy is taken now, and the steps go on while it comes.
    return { numbers: workspace.read(result) }
  }
  const under: { numbers: Promise<Float32Array>; changed: boolean }[] = []
  const atStart = await (await start(x, fields, x, fields)).numbers
  const sum = (numbers: Float32Array, trajectory: number, component: 0 | 1 | 2) => {
    let total = 0
    for (let block = 0; block < blocks; block++)
      total += numbers[(block * columns + columnOf(trajectory)) * 3 + component]!
    return total
  }
  const energyStart = Float64Array.from({ length: size }, (_, b) => sum(atStart, b, 0))
  const energy = energyStart.slice()
  return {
    memory: { energyStart, energy },
    mostSteps: Math.max(1, Math.floor(mostBytes / (12 * columns * blocks))),
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
