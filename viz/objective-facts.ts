import { words } from './format.js'
import { html, type Markup } from './html.js'
import type { Arm } from './objective-record.js'
import { own } from './read-values.js'
import type { Metric } from './run-record.js'

const known: Record<string, string> = {
  divergence: 'KL(data‖model), nat',
  lastWellWeight: 'weight of the last well',
  lastWellWeightOfData: 'weight of the last well in the data',
  lastWellWeightError: 'error of the last well’s weight',
  firstModeWeight: 'weight of the first mode',
  firstModeWeightOfData: 'weight of the first mode in the data',
  // Runs of before have one name for both.
  weight: 'weight (last well or first mode)',
  dataWeight: 'that weight in the data',
  weightError: 'error of that weight',
  statisticError: 'largest |z| of ⟨φ⟩',
  effectiveSampleShare: 'effective share of the walkers',
  logPartitionError: 'error of log Z',
  logPartitionRatio: 'log Z ratio',
  exactLogPartitionRatio: 'exact log Z ratio',
  meanSquare: '⟨x²⟩',
  meanSquareError: 's.e. of ⟨x²⟩',
  negativeLogLikelihood: '−ln p(data), nat',
  lowestNegativeLogLikelihood: 'lowest −ln p(data) on the way, nat',
  aboveFloor: '−ln p(data) above its floor, nat',
  logPartitionStandardError: 's.e. of log Z',
  logPseudoLikelihood: 'ln pseudo-likelihood, nat',
  entropy: 'entropy of the data, nat',
  accuracy: 'share told right',
  accuracyOfMean: 'share right by the mean output',
  accuracyAtQuarter: 'share right at t_f/4',
  accuracyAtHalf: 'share right at t_f/2',
  accuracyAtTwice: 'share right at 2 t_f',
  teacherAccuracy: 'share that the teacher has right',
  chance: 'share right by chance',
  landauer: 'ln of the number of digits',
  lost: 'answers that are none',
  guess: 'share of the commonest class',
  logLoss: 'log loss, nat',
  surplus: 'surplus of told probabilities',
  magnetisationSlope: 'slope of the magnetisation’s error',
  logPartitionSlope: 'slope of log Z’s error',
  gradientSlope: 'slope of the gradient’s error',
  partnerLogLoss: '−ln p(partner) in its batch, nat',
  retrieval: 'partner found first',
  precision: 'right among kept',
  recall: 'kept among right',
  mismatchWork: 'work of a mismatch, kT',
  largestDivergence: 'largest KL(tasks so far‖model), nat',
  boundaryZ: 'smallest z of a task’s first batch',
  insideZ: 'largest z inside a task',
  leastInsideZ: 'smallest z inside a task',
  oldClassRate: 'share of an old class that is told as it',
  oldFrechetDistance: 'Fréchet distance of an old class',
  newClassRate: 'that share of the newest class',
  newFrechetDistance: 'Fréchet distance of the newest class',
  freeEnergyError: 'error of ΔF between the sides, kT',
  freeEnergyDifference: 'ΔF between the sides, kT',
  perfectShare: 'effective share of perfect draws',
  steepest: 'largest μhλ, proved',
  errorRatio: 'error over the least there is',
  errorBefore: 'error before, over the least',
  leastError: 'least mean square error',
  forceError: 'error of the force over its size',
  parameterError: 'error of the parameters over their size',
  likelihoodError: 'largest |z| from the likeliest parameters',
  teacherError: 'largest |z| from those of the data',
  autocovarianceError: 'largest relative error of C',
  correlation: 'Pearson correlation with the nearest pattern',
  correlationError: 's.e. of that correlation',
  correlationUncoupled: 'that correlation, uncoupled units',
  correlationZ: 'z above uncoupled units',
  leastPatternZ: 'z above them, of the pattern that has least',
  likelihoodGain: 'ln p of noising run backwards above uncoupled, nat a run',
  gainLost: 'share of the first arm’s gain that is lost',
  couplingSize: 'rms of what was learned',
  heatChange: 'heat beside that of the first arm, kT',
  inverted: 'share nearer to a negative of a pattern',
  neighbourShare: 'five nearest images are of the pattern’s class',
  work: 'work per walker, kT',
  heat: 'heat per walker, kT',
  forces: 'force evaluations',
  energies: 'energy evaluations',
}

/** What a chart of a study shows. */
interface ChartFacts {
  title: string
  x: string
  y: string
  caption: string
}

const charts: Record<string, ChartFacts> = {
  margin: {
    title: 'What the filter sees',
    x: 'energy below mismatches, kT',
    y: 'density of pairs',
    caption:
      'How much lower the energy of a pair is than those of its mismatches in the batch, at the last filter of the first repetition; what is nearer to the higher of two Gaussians is kept.',
  },
  series: {
    title: 'Series',
    x: 'time',
    y: 'x of the first unit',
    caption: 'A stretch of the data, and as long a one of what each arm generates, in the first repetition.',
  },
  autocovariance: {
    title: 'Autocovariances',
    x: 'lag, steps',
    y: '⟨x(t) x(t + lag)⟩ of the first unit',
    caption: 'Of the data as measured, and of each arm in closed form, in the first repetition.',
  },
}

/** What a chart of a study shows. */
export function chartFacts(chart: string): ChartFacts {
  return own(charts, chart) ?? { title: words(chart), x: 'x', y: 'y', caption: 'Of the first repetition.' }
}

/** Figures of which there are several. */
const numbered: readonly [RegExp, (number: string) => string][] = [
  [/^autocovariance(\d+)$/, (lag) => `C(${lag})`],
  [/^autocovariance(\d+)OfData$/, (lag) => `C(${lag}) of the data`],
  [/^patternShare(\d+)$/, (k) => `share of the samples at pattern ${k}`],
  [/^patternCorrelation(\d+)$/, (k) => `correlation of these with pattern ${k}`],
]

/** What a figure of an objective's arm is called. */
export function figureTitle(name: string): string {
  const [title] = numbered.flatMap(([form, titleOf]) => form.exec(name)?.slice(1).map(titleOf) ?? [])
  return own(known, name) ?? title ?? words(name)
}

/** Weights that arms are judged by. */
export const weightFigures = ['lastWellWeight', 'firstModeWeight', 'weight'] as const

/** The name of what the data have in the place of a figure. */
export function ofData(figure: string): string {
  return figure === 'weight' ? 'dataWeight' : `${figure}OfData`
}

/** What a figure's curve is read against, with its word; undefined where there is nothing. */
export function referenceOf(figure: string, { arms, metrics }: { arms: readonly Arm[]; metrics: readonly Metric[] }) {
  const of = (name: string, label: string) => {
    const y = arms.flatMap(({ figures }) => figures[name] ?? [])[0]
    return y === undefined ? undefined : { y, label }
  }
  if (figure === 'accuracy') return of('guess', 'commonest class')
  const floor = metrics.find(({ name }) => name.startsWith(`${figure}:`))?.floor
  return floor === undefined ? of(ofData(figure), 'data') : { y: floor, label: 'floor' }
}

/** Which scalars of the states an objective's parameters need beside their own statistics. */
export function localityWords(locality: string): string {
  if (locality === 'local') return 'local'
  if (locality === 'three-factor') return 'three-factor: one scalar a walker'
  return locality === 'sampler' ? 'sampler: learns nothing' : locality
}

/** An arm with the rule it follows; one that fails by design is a control. */
export function armName(name: string, fails: boolean, rule: string): Markup {
  return html`<span class="arm">${name}${fails ? html` <small class="badge">control</small>` : undefined}<small>${rule}</small></span>`
}
