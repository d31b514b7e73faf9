import type { LearningTask } from '../../backend/backend.js'
import type { PointSet } from '../../physics/network/states.js'
import { defaultDrive } from '../../physics/protocol/noising.js'
import { defaultRule, type RuleSettings } from '../rules/rules.js'
import { type StageOptions, type starts, type WholeStages, wholeStages } from './stages.js'

/** What is trained, for which drive, and on what. */
export interface TrainingTask extends Pick<LearningTask, 'potential' | 'noising'> {
  /** states of the network, [count, units]: those to learn from, and others */
  readonly data: { readonly train: PointSet; readonly heldOut: PointSet }
  /** `defaultDrive` when absent */
  readonly drive?: LearningTask['drive'] | undefined
  /** 1 when absent */
  readonly seed?: number | undefined
  /** of hidden units in a bath of their own, at time t of the noising */
  readonly hiddenTemperature?: ((t: number) => number) | undefined
  /** what is measured and moved, where that is imperfect hardware */
  readonly apparatus?: LearningTask['apparatus']
}

/** By which rule, and how it descends; what is absent is as in a scenario that does not say it. */
export interface TrainingOptions extends Omit<RuleSettings, 'rule'>, StageOptions {
  /** a name, or one of the caller's own; least squares solves each slice, all others descend. `defaultRule` when absent */
  readonly rule?: RuleSettings['rule'] | 'least-squares' | undefined
  /**
   * when absent neighbour, and scaled where the optimizer's rate is absent too; or the parameters that each slice begins with,
   * [K + 1][parameters], as what was trained before left them
   */
  readonly start?: (typeof starts)[number] | readonly Float64Array[] | undefined
  /** learn on displacements from the data's mean (see frameOf); false when absent */
  readonly centre?: boolean | undefined
  /** solve each slice by least squares too, and measure its losses; false when absent */
  readonly oracle?: boolean | undefined
}

/** A task with what it leaves out. */
export interface WholeTask extends Pick<LearningTask, 'potential' | 'noising' | 'drive' | 'seed'> {
  readonly data: TrainingTask['data']
  readonly hiddenTemperature: TrainingTask['hiddenTemperature']
  readonly apparatus?: LearningTask['apparatus']
}

/** A task with what it leaves out filled in. */
export function wholeTask(task: TrainingTask): WholeTask {
  const { drive = defaultDrive, seed = 1, hiddenTemperature } = task
  return { ...task, drive, seed, hiddenTemperature }
}

/** Options with what they leave out. */
export interface WholeTraining extends WholeStages {
  readonly isSolved: boolean
  /** the rule that is followed; that of the losses where slices are solved */
  readonly settings: RuleSettings
  readonly start: NonNullable<TrainingOptions['start']>
  readonly centre: boolean
  readonly oracle: boolean
}

/** Options with what they leave out filled in, for a network. */
export function wholeTraining(options: TrainingOptions, { network }: LearningTask['potential']): WholeTraining {
  const { rule = defaultRule, nudge, sides, contrast, path, centre = false, oracle = false } = options
  return {
    ...wholeStages(options, network),
    isSolved: rule === 'least-squares',
    settings: { rule: rule === 'least-squares' ? defaultRule : rule, nudge, sides, contrast, path },
    start: options.start ?? (options.optimizer?.rate === undefined ? 'scaled' : 'neighbour'),
    ...{ centre, oracle },
  }
}
