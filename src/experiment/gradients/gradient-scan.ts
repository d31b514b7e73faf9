import { contrastiveDivergence } from '../../learning/rules/contrastive-divergence.js'
import type { Device } from '../../learning/rules/device.js'
import { nudgedForceMatching } from '../../learning/rules/nudged-force-matching.js'
import { reversePath } from '../../learning/rules/reverse-path.js'
import type { NoisedBatch, Rule } from '../../learning/rules/rule.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { powerLaw, squaredMean } from '../../physics/observe/squared-mean.js'
import { type Bias, biasOf, differences, gradientRows, resolved, totalVariance } from './gradient-rows.js'

/** A rule's bias and noise at one value of its setting, relative to the oracle's size. */
interface ScanPoint {
  readonly x: number
  readonly bias: Bias
  /** standard deviation of the gradient of one batch */
  readonly noise: number
}

/** How a rule's bias and noise depend on its setting. */
interface ScanCurve {
  readonly label: string
  readonly points: readonly ScanPoint[]
  /** p of bias ∝ x^p over the points up to `fitted` whose bias is resolved; null for fewer than two */
  readonly biasPower: Estimate | null
  /** p of variance ∝ x^p over the points up to `fitted` */
  readonly variancePower: Estimate
}

/** A setting of a rule over several values. */
export interface Scan {
  readonly rule: string
  readonly symbol: string
  readonly setting: string
  /** powers are those of the points up to here, where the next order is small */
  readonly fitted: number
  readonly curves: readonly ScanCurve[]
}

/** What a scan is measured against. */
export interface ScanContext {
  readonly device: Device
  /** size of the oracle's gradient */
  readonly size: number
  /** gradients of a rule without bias on the same batches */
  readonly partner: readonly Float64Array[]
  /** awaited after each curve */
  readonly onCurve: () => Promise<void>
}

/** A rule with its setting at a value, and the batches that it is measured on. */
type At = (value: number) => { rule: Rule; batches: readonly NoisedBatch[] }

/** A scan of the given values; a curve for each label. */
async function scanOf(
  { values, ...scan }: Omit<Scan, 'curves'> & { readonly values: readonly number[] },
  context: ScanContext,
  curves: Readonly<Record<string, At>>,
): Promise<Scan> {
  const found: ScanCurve[] = []
  for (const [label, at] of Object.entries(curves)) {
    found.push(scanCurve(label, values, scan.fitted, context, at))
    await context.onCurve()
  }
  return { ...scan, curves: found }
}

function scanCurve(
  label: string,
  values: readonly number[],
  fitted: number,
  { device, size, partner }: ScanContext,
  at: At,
): ScanCurve {
  const measured = values.map((x) => {
    const { rule, batches } = at(x)
    const { rows } = gradientRows(rule, device, batches)
    return { x, squared: squaredMean(differences(rows, partner)), variance: totalVariance(rows) }
  })
  const near = measured.filter(({ x }) => x <= fitted)
  // The square of the bias is what is measured: half its power.
  const seen = near.filter(({ squared }) => squared.value > resolved * squared.standardError)
  const halved = ({ value, standardError }: Estimate) => ({ value: value / 2, standardError: standardError / 2 })
  return {
    label,
    points: measured.map(({ x, squared, variance }) => ({
      x,
      bias: biasOf(squared, size),
      noise: Math.sqrt(variance.value) / size,
    })),
    biasPower: seen.length < 2 ? null : halved(powerLaw(seen.map(({ x, squared }) => ({ x, y: squared })))),
    variancePower: powerLaw(near.map(({ x, variance }) => ({ x, y: variance }))),
  }
}

const contrast = {
  rule: 'contrastive-divergence',
  symbol: 'h',
  setting: 'h in relaxation times s²/μkT',
  fitted: 0.1,
  values: [0.0125, 0.025, 0.05, 0.1, 0.2, 0.4],
}
/** Steps of a run that is near one in continuous time, as a device does it. */
const manySubsteps = 4

/** Contrastive divergence over the time h of its run. */
export function contrastScan(context: ScanContext, batches: readonly NoisedBatch[]): Promise<Scan> {
  const steps = (substeps: number, antithetic: boolean) => (time: number) => ({
    rule: contrastiveDivergence({ time, substeps, antithetic }),
    batches,
  })
  return scanOf(contrast, context, {
    'one step, ± noise': steps(1, true),
    'one step': steps(1, false),
    [`${manySubsteps} steps, ± noise`]: steps(manySubsteps, true),
  })
}

const nudging = {
  rule: 'nudged-force-matching',
  symbol: 'δ',
  setting: 'nudge δ·scale/s',
  fitted: 0.1,
  values: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
}

/** Nudged force matching over its nudge. */
export function nudgeScan(context: ScanContext, batches: readonly NoisedBatch[]): Promise<Scan> {
  const on = (sides: 'one' | 'two') => (nudge: number) => ({ rule: nudgedForceMatching({ nudge, sides }), batches })
  return scanOf(nudging, context, { 'one-sided': on('one'), 'two-sided': on('two') })
}

const path = {
  rule: 'reverse-path',
  symbol: 'h',
  setting: 'h of one noising step, in relaxation times s²/μkT',
  fitted: 0.2,
  values: [0.025, 0.05, 0.1, 0.2, 0.4],
}

/** The reverse-path rule over the step of noising, one step that ends at the slice's time. */
export function pathScan(context: ScanContext, batchesWith: (dt: number) => readonly NoisedBatch[]): Promise<Scan> {
  return scanOf(path, context, {
    'one step of noising': (dt) => ({ rule: reversePath(), batches: batchesWith(dt) }),
  })
}
