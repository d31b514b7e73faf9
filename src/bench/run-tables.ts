import type { CheckpointCost } from './checkpoints.js'
import type { EvaluationResult } from './evaluation.js'
import type { FootprintResult } from './footprint.js'
import { figure, time } from './format.js'
import type { ObjectiveRates } from './objectives.js'
import type { Curve, Growth } from './scaling.js'
import type { Spread } from './statistics.js'
import { dash, extent, type Table } from './table.js'
import type { TaskResult } from './tasks.js'
import type { TrainingResult } from './training.js'

/** Seconds of the metrics of digits. */
export function evaluationTable({ counts, pixels, results }: EvaluationResult): Table {
  const count = (n: number) => n.toLocaleString('en')
  return {
    caption: `Evaluation of ${count(counts.samples)} samples of ${pixels} pixels, one thread: this package's metrics of digits, against NumPy's comparison of every sample with each of ${count(counts.train)} training digits and of ${count(counts.every)} that vote, which is the greatest part of the same metrics; seconds`,
    header: ['', 'median', 'smallest to largest', 'times as fast as the other'],
    rows: results.map((result) => {
      if ('notRun' in result) return [result.contender, `not run: ${result.notRun}`, '', '']
      const { contender, seconds, timesOf } = result
      const ratios = Object.values(timesOf).map(figure)
      return [contender, figure(seconds.median), extent(seconds, figure), ratios.join(', ') || dash]
    }),
  }
}

/** Seconds of physicists' tasks, from the start of the program to its end. */
export function taskTable(tasks: readonly TaskResult[]): Table {
  const count = (n: number) => n.toLocaleString('en')
  return {
    caption:
      'Tasks of physicists, the whole command with its native backend (all threads, checks and report included) and plain NumPy on one thread (its import included): seconds',
    header: ['', 'trajectories × steps', 'overdamped', 'smallest to largest', 'NumPy', 'smallest to largest', 'ratio'],
    rows: tasks.map(({ task, trajectories, steps, results }) => {
      const cells = ['overdamped', 'NumPy'].flatMap((name) => {
        const found = results.find(({ contender }) => contender === name)!
        return 'notRun' in found
          ? [`not run: ${found.notRun}`, '']
          : [figure(found.seconds.median), extent(found.seconds, figure)]
      })
      const own = results.find(({ contender }) => contender === 'overdamped')
      const ratio = own === undefined || 'notRun' in own ? undefined : own.timesOf.NumPy
      return [task, `${count(trajectories)} × ${count(steps)}`, ...cells, ratio === undefined ? dash : figure(ratio)]
    }),
  }
}

/** What keeping checkpoints costs. */
export function checkpointTable(costs: readonly CheckpointCost[]): Table {
  const percent = (ratio: number) => `${(100 * (ratio - 1)).toFixed(1)} %`
  const cells = ({ median, lowerQuartile, upperQuartile }: Spread) => [
    percent(median),
    `${percent(lowerQuartile)} to ${percent(upperQuartile)}`,
  ]
  return {
    caption:
      'Checkpoints, native: how much longer the same run takes with them than without, medians of the ratios within each repeat and their quartiles',
    header: [
      ...['', 'without, s', 'usual', 'quartiles', 'usual, processor time', 'quartiles'],
      ...['each second', 'quartiles', 'each second, processor time', 'quartiles'],
    ],
    rows: costs.map((cost) => {
      if ('notRun' in cost) return [cost.work, `not run: ${cost.notRun}`, ...Array<string>(8).fill('')]
      const { usual, 'each second': often } = cost.times
      return [cost.work, figure(cost.seconds.median), ...[usual.wall, usual.cpu, often.wall, often.cpu].flatMap(cells)]
    }),
  }
}

/** Iterations of force matching per second. */
export function trainingTable({ workload, minibatch, results }: TrainingResult): Table {
  return {
    caption: `Force matching, ${workload.units} units ${workload.name}, batch ${minibatch}: iterations per second`,
    header: ['', 'median', 'smallest to largest'],
    rows: results.map((result) => {
      if ('notRun' in result) return [result.contender, `not run: ${result.notRun}`, '']
      const { contender, iterationsPerSecond: rate } = result
      return [contender, figure(rate.median), extent(rate, figure)]
    }),
  }
}

/** Iterations of objectives per second, a table for each network. */
export function objectiveTables(all: readonly ObjectiveRates[]): Table[] {
  return [...new Set(all.map(({ workload }) => workload.name))].map((name) => {
    const own = all.filter(({ workload }) => workload.name === name)
    const { workload, minibatch, results } = own[0]!
    return {
      caption: `Objectives, ${workload.units} units ${name}, batch ${minibatch}: iterations per second (times the reference's)`,
      header: ['', ...results.map(({ contender }) => contender)],
      rows: own.map((row) => [
        row.objective,
        ...row.results.map((result) => {
          if ('notRun' in result) return `not run: ${result.notRun}`
          const { iterationsPerSecond, timesReference } = result
          return `${figure(iterationsPerSecond.median)}${timesReference === null ? '' : ` (${figure(timesReference)})`}`
        }),
      ]),
    }
  })
}

/** The growth of the cost with one thing. */
export function scalingTable({ over, setting, series }: Growth): Table {
  const values = series.find(({ points }) => points.length > 0)?.points.map(({ x }) => x) ?? []
  return {
    caption: `Seconds of ${over === 'steps' ? 'a run' : 'a step of the batch'} against ${over} (${setting})`,
    header: [over, ...values.map(String), over === 'couplings' ? 'line, largest deviation' : `∝ ${over}^p, p`],
    rows: series.map((one) => [
      one.contender,
      ...values.map((x) => {
        const point = one.points.find((candidate) => candidate.x === x)
        return point === undefined ? dash : time(point.seconds)
      }),
      growth(one),
    ]),
  }
}

function growth({ exponent, line }: Curve): string {
  if (exponent !== null) return exponent.toFixed(2)
  if (line === null) return dash
  const { intercept, slope, largestDeviation } = line
  return `${time(intercept)} + ${time(slope)}/coupling, ${(100 * largestDeviation).toFixed(0)} %`
}

/** Memory and time of the command as a process. */
export function footprintTable(results: readonly FootprintResult[]): Table {
  return {
    caption: 'The command as a process of its own, from its start to its end',
    header: ['', 'peak memory', 'samples drawn', 'quick profile: training, samples, report', 'Node alone'],
    rows: results.map((result) => {
      if ('notRun' in result) return [result.backend, `not run: ${result.notRun}`, '', '', '']
      const { backend, simulation, scenario, samples, trainedSeconds, nodeMB } = result
      return [
        backend,
        `${figure(simulation.peakMB)} MB (${simulation.trajectories} × 144)`,
        `${samples.count} of ${scenario} in ${figure(samples.seconds.median)} s`,
        `${figure(trainedSeconds)} s`,
        `${figure(nodeMB)} MB`,
      ]
    }),
  }
}
