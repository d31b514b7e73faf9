import type { BandEstimate, ErrorBudget, Hybrids, SliceDiagnosis } from './learned-record.js'
import {
  entry,
  estimate,
  figure,
  finite,
  isRecord,
  type JsonRecord,
  meanAsEstimate,
  named,
  numbers,
  records,
  shown,
  text,
  texts,
} from './read-values.js'
import type {
  BathHeat,
  Bill,
  Check,
  Current,
  FirstPassage,
  FreeEnergy,
  Identity,
  Metric,
  RunRecord,
  ThermodynamicMean,
  TimeAverage,
} from './run-record.js'

/**
 * Reads results.json; figures that are absent or not finite stay `undefined`, and the report shows a dash for them.
 * @param results the parsed file
 */
export function readResults(
  results: JsonRecord,
): Pick<
  RunRecord,
  | 'timings'
  | 'metrics'
  | 'checks'
  | 'thermodynamics'
  | 'baths'
  | 'identities'
  | 'freeEnergy'
  | 'speedLimit'
  | 'bill'
  | 'firstPassage'
  | 'timeAverages'
  | 'currents'
  | 'errorBudget'
  | 'hybrids'
  | 'learning'
  | 'diagnoses'
  | 'warnings'
  | 'notes'
> {
  return {
    timings: numbers(results.timings),
    metrics: named(results.metrics, mostMetrics).map(([name, row]) => metric(name, row)),
    checks: records(results.checks).map(check),
    thermodynamics: named(results.thermodynamics).map(([name, row]) => thermodynamicMean(name, row)),
    baths: records(entry(results.thermodynamics, 'baths')).map(bathHeat),
    identities: records(results.identities).map(identity),
    freeEnergy: isRecord(results.freeEnergy) ? freeEnergy(results.freeEnergy) : undefined,
    speedLimit: isRecord(results.speedLimit)
      ? { ...estimate(results.speedLimit.bound), efficiency: finite(results.speedLimit.efficiency) }
      : undefined,
    bill: isRecord(results.bill) ? billOf(results.bill) : undefined,
    firstPassage: isRecord(results.firstPassage) ? firstPassage(results.firstPassage) : undefined,
    timeAverages: records(results.timeAverages).map(timeAverage),
    currents: records(results.currents).flatMap(current),
    errorBudget: isRecord(results.errorBudget) ? errorBudget(results.errorBudget) : undefined,
    hybrids: isRecord(results.hybrids) ? hybrids(results.hybrids) : undefined,
    learning: numbers(results.learning),
    diagnoses: diagnoses(results.slices),
    warnings: texts(results.warnings),
    notes: texts(results.notes),
  }
}

/** Of an objective each figure makes a column for all arms. */
const mostMetrics = 500

function metric(name: string, row: JsonRecord): Metric {
  return {
    name,
    value: finite(row.value),
    standardError: finite(row.standardError),
    floor: figure(row.floor),
    control: figure(row.control),
    exactScore: figure(row.exactScore),
    byClass: records(row.byClass, mostBands).map(({ name, ...of }) => ({
      name: shown(name),
      ...estimate(of),
    })),
  }
}

function check(row: JsonRecord): Check {
  return {
    name: text(row.name),
    kind: text(row.kind),
    value: finite(row.value),
    truth: finite(row.truth),
    standardError: finite(row.standardError),
    tolerance: finite(row.tolerance),
    z: finite(row.z),
    negativeControl: row.control === true,
    pass: row.pass === null ? null : row.pass === true,
    reason: text(row.reason),
  }
}

function identity(row: JsonRecord): Identity {
  return {
    name: text(row.name),
    value: finite(row.value),
    standardError: finite(row.standardError),
    truth: finite(row.truth),
  }
}

function thermodynamicMean(name: string, row: JsonRecord): ThermodynamicMean {
  const notes = Object.entries(row).filter(([key, value]) => typeof value === 'string' && key !== 'name')
  return {
    name,
    mean: finite(row.mean) ?? finite(row.value),
    standardError: finite(row.standardError),
    note: notes.map(([key, value]) => `${key}: ${value}`).join(', '),
  }
}

/** @returns undefined where its duration or its optimum is missing */
function billOf({ duration, optimum, current, leastHeat, knots }: JsonRecord): Bill | undefined {
  const [time, least] = [finite(duration), finite(optimum)]
  if (time === undefined || least === undefined) return undefined
  const known = records(knots).flatMap((knot) => {
    const [t, elapsed, speed, rate, entropy] = [
      ...[knot.t, knot.elapsed, knot.speed, entry(knot.rate, 'value'), knot.entropy].map(finite),
    ]
    const isWhole = [t, speed, rate].every((value) => value !== undefined && value > 0)
    return isWhole && elapsed !== undefined && entropy !== undefined
      ? [{ t: t!, elapsed, speed: speed!, rate: rate!, entropy }]
      : []
  })
  return {
    ...{ duration: time, optimum: least, knots: known },
    current: isRecord(current) ? estimate(current) : undefined,
    leastHeat: isRecord(leastHeat) ? estimate(leastHeat) : undefined,
  }
}

function bathHeat({ kT, units, heat }: JsonRecord): BathHeat {
  return {
    kT: finite(kT),
    units: (Array.isArray(units) ? units : []).flatMap((unit) => finite(unit) ?? []),
    mean: finite(entry(heat, 'mean')),
    standardError: finite(entry(heat, 'standardError')),
  }
}

function freeEnergy({ jarzynski, bennett, crooks, exact, warning }: JsonRecord): FreeEnergy {
  return {
    jarzynski: isRecord(jarzynski)
      ? { ...estimate(jarzynski), effectiveSampleSize: finite(jarzynski.effectiveSampleSize) }
      : undefined,
    bennett: isRecord(bennett) ? { ...estimate(bennett), overlap: finite(bennett.overlap) } : undefined,
    crooksFit: isRecord(crooks)
      ? { slope: estimate(crooks.slope), freeEnergy: estimate(crooks.freeEnergy) }
      : undefined,
    exact: finite(exact),
    warning: text(warning),
  }
}

function firstPassage(row: JsonRecord): FirstPassage {
  const mean = (value: unknown) =>
    isRecord(value) ? { mean: finite(value.mean), standardError: finite(value.standardError) } : undefined
  return {
    unit: finite(row.unit) ?? 0,
    to: finite(row.to) ?? 0,
    runs: finite(row.runs) ?? 0,
    censored: finite(row.censored) ?? 0,
    mean: finite(row.mean),
    standardError: finite(row.standardError),
    restrictedMean: mean(row.restrictedMean),
    exponentialMean: mean(row.exponentialMean),
    kramers: finite(row.kramers),
    warning: text(row.warning),
  }
}

function timeAverage(row: JsonRecord): TimeAverage {
  return {
    unit: finite(row.unit) ?? 0,
    mean: finite(row.mean),
    standardError: finite(row.standardError),
    correlationTime: finite(row.correlationTime),
    converged: row.converged === true,
  }
}

function current(row: JsonRecord): Current[] {
  const period = finite(row.period)
  const of = (value: unknown) => ({
    value: finite(entry(value, 'mean')),
    standardError: finite(entry(value, 'standardError')),
  })
  if (period === undefined || !(period > 0)) return []
  const { drift, diffusion, windings } = row
  return [{ unit: finite(row.unit) ?? 0, period, drift: of(drift), diffusion: of(diffusion), windings: of(windings) }]
}

/** The parts of an error in the order in which they arise; `network` stands for two where both are known. */
const budgetParts = ['finiteTime', 'integrator', 'slicing', 'network', 'representability', 'training']

function errorBudget({ t, trajectories, measures }: JsonRecord): ErrorBudget {
  const lines = records(measures)
  return {
    t: finite(t),
    trajectories: finite(trajectories),
    lines: lines.map((row) => {
      const told = isRecord(row.representability) && isRecord(row.training)
      return {
        name: text(row.name),
        truth: finite(row.truth),
        parts: budgetParts
          .filter((name) => isRecord(row[name]) && !(name === 'network' && told))
          .map((name) => ({ name, ...meanAsEstimate(row[name]) })),
        total: meanAsEstimate(row.total),
      }
    }),
  }
}

/** Knots of unknown time are left out. */
function diagnoses(slices: unknown): SliceDiagnosis[] {
  return records(slices)
    .flatMap((row) => {
      const t = finite(row.t)
      if (t === undefined) return []
      const { noiseWidth, heldOutLoss, posteriorLoss, posteriorRatio, moments, signalVariance } = row
      return [
        {
          t,
          noiseWidth: finite(noiseWidth),
          heldOutLoss: finite(heldOutLoss),
          posteriorLoss: finite(posteriorLoss),
          posteriorRatio: estimate(posteriorRatio),
          moments: bands(moments),
          signalVariance: bands(signalVariance),
        },
      ]
    })
    .sort((a, b) => a.t - b.t)
}

/** Bands of a knot, and classes of a metric: each is a column of every row. */
const mostBands = 64

function bands(value: unknown): BandEstimate[] {
  return records(value, mostBands).map((row) => ({
    from: finite(row.from) ?? 0,
    to: finite(row.to) ?? 0,
    ...estimate(row),
  }))
}

function hybrids({ trajectories, floor, hybrids: rows }: JsonRecord): Hybrids {
  const metrics = (row: unknown) => ({
    oneNearestNeighbour: estimate(entry(row, 'oneNearestNeighbour')),
    frechetDistance: estimate(entry(row, 'frechetDistance')),
    nearestTraining: estimate(entry(row, 'nearestTraining')),
  })
  return {
    trajectories: finite(trajectories),
    floor: metrics(floor),
    hybrids: records(rows).map((row) => ({
      ...{ posterior: text(row.posterior), t: finite(row.t) },
      ...metrics(row),
    })),
  }
}
