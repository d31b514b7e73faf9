import { own } from './read-values.js'
import type { Metric } from './run-record.js'

/** What a reader must know to read one metric. */
export interface MetricFacts {
  title: string
  about: string
  /** `lower` is better, or the value should come close to the `floor` from either side. */
  better: 'lower' | 'floor'
}

const known: Record<string, MetricFacts> = {
  oneNearestNeighbour: {
    title: '1-nearest-neighbour accuracy',
    about: 'How often the nearest point tells a sample from held-out data; 0.5 cannot be told apart.',
    better: 'lower',
  },
  frechetDistance: {
    title: 'Fréchet distance',
    about:
      'Distance between the means and covariances of samples and held-out data; the control has these by construction, as far as clipping leaves them.',
    better: 'lower',
  },
  bridge: {
    title: 'Bridge mass',
    about: 'Fraction of samples that lie between the two modes, where data has almost none.',
    better: 'lower',
  },
  other: {
    title: 'Other classes',
    about: 'Fraction of samples whose neighbours belong to a class that was not asked for.',
    better: 'lower',
  },
  modeWeightError: {
    title: 'Mode weight error',
    about: 'Half the summed difference between the share of samples at each mode and its weight.',
    better: 'lower',
  },
  labelError: {
    title: 'Label error',
    about:
      'How often the label units, left free, name the wrong class of held-out data, at the noise where training data tell classes apart best.',
    better: 'lower',
  },
  phantoms: {
    title: 'Phantoms',
    about:
      'Fraction of samples farther from every training example than 99.9 % of held-out data: from wells that no data made, such as mirror images.',
    better: 'lower',
  },
  farthest: {
    title: 'Farthest sample',
    about: 'The largest distance to training data over the largest of held-out data; well beyond 1 it is a phantom.',
    better: 'lower',
  },
  classAgreement: {
    title: 'Class agreement',
    about: 'Fraction of samples that their nearest training examples give the class that was asked for.',
    better: 'floor',
  },
  meanCompletionError: {
    title: 'Error of the mean completion',
    about: 'Mean squared, over the unknown pixels; the mean is over all completions of an image.',
    better: 'lower',
  },
  completionError: {
    title: 'Error of a completion',
    about: 'The same of a single one; drawn from the right law it is twice what no method can avoid.',
    better: 'lower',
  },
  nearestError: {
    title: 'Error of the nearest digit',
    about: 'The same of the training digit nearest in the known pixels.',
    better: 'lower',
  },
  sameDigit: {
    title: 'Same digit',
    about: 'Fraction of completions that their nearest training digits give the digit that they give the whole image.',
    better: 'floor',
  },
  meanDenoisedError: {
    title: 'Error of the mean denoised',
    about: 'Mean squared; the mean is over all samples of an image.',
    better: 'lower',
  },
  denoisedError: { title: 'Error of a denoised sample', about: 'The same of a single one.', better: 'lower' },
  tweedieError: {
    title: "Error of Tweedie's estimate",
    about: 'The same of the mean that the force at the start says by itself.',
    better: 'lower',
  },
  noisedError: { title: 'Error of the noised image', about: 'The same of what was given.', better: 'lower' },
  nearestTraining: {
    title: 'Distance to training data',
    about: 'Mean distance to the nearest training example; well under that of held-out data it would mean copying.',
    better: 'floor',
  },
}

/** What is known about a metric; one that is not listed is read as "close to real data is good". */
export function metricFacts(name: string): MetricFacts {
  return (
    own(known, name) ?? {
      title: '',
      about: '',
      better: /distance|divergence|loss|error/i.test(name) ? 'lower' : 'floor',
    }
  )
}

/** How a run did against the harmonic control on one metric. */
export type Outcome = 'beats' | 'loses' | 'level'

/**
 * Compares a metric with its control: the value is better when it is lower, or closer to the floor, by more than
 * two standard errors (of the value; the control's own error is not recorded), worse when by that much on the other side.
 * @returns undefined without a value, its standard error or a control, or when nothing says which direction is better
 */
export function outcome(metric: Metric): Outcome | undefined {
  const { value, control, floor } = metric
  if (value === undefined || control === undefined) return undefined
  const { better } = metricFacts(metric.name)
  if (better === 'floor' && floor === undefined) return undefined
  const distance = (figure: number) => (better === 'lower' ? figure : Math.abs(figure - (floor as number)))
  const gain = distance(control) - distance(value)
  if (metric.standardError === undefined) return undefined
  const limit = 2 * metric.standardError
  if (gain > limit) return 'beats'
  return gain < -limit ? 'loses' : 'level'
}

/** Whether the data are images of digits, whose metrics clip the samples. */
export function isDigits(dataSource: string): boolean {
  return dataSource === 'mnist' || dataSource === 'idx'
}

/** What stands as the floor: the real data of this scenario, in words. */
export function realData(dataSource: string): string {
  return isDigits(dataSource) ? 'real digits' : 'real data'
}
