import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { uniformIntegers } from '../../physics/noise/uniform.js'
import { type AdamOptions, adamStep, createAdam } from '../rules/adam.js'

/** Images and the class of each. */
export interface Labelled {
  /** [count, inputs] row-major */
  readonly rows: Float64Array
  readonly classes: Int32Array
  readonly count: number
}

/** A digital network with one hidden layer: h = tanh(W v + b), o = tanh(V h + c). */
export interface Teacher {
  readonly inputs: number
  readonly hidden: number
  readonly outputs: number
  /** W [hidden, inputs], b [hidden], V [outputs, hidden], c [outputs], one after another */
  readonly weights: Float64Array
}

/** How a teacher is trained. */
export interface TeacherOptions extends AdamOptions {
  readonly iterations: number
  readonly batch: number
  readonly rate: number
  readonly seed: number
}

/** Activations (h, o) of one image, [hidden + outputs] (it overwrites `out`). */
export function activations(
  { inputs, hidden, outputs, weights }: Teacher,
  rows: Float64Array,
  row: number,
  out: Float64Array,
): void {
  const [b, V, c] = [inputs * hidden, (inputs + 1) * hidden, (inputs + 1 + outputs) * hidden]
  for (let h = 0; h < hidden; h++) {
    let u = weights[b + h]!
    for (let i = 0; i < inputs; i++) u += weights[h * inputs + i]! * rows[row * inputs + i]!
    out[h] = Math.tanh(u)
  }
  for (let o = 0; o < outputs; o++) {
    let u = weights[c + o]!
    for (let h = 0; h < hidden; h++) u += weights[V + o * hidden + h]! * out[h]!
    out[hidden + o] = Math.tanh(u)
  }
}

/**
 * The gradient of half of the squared error of one image, ½Σ_o (o - y_o)², y = 1 for its class and -1 for others, by back-propagation; it is
 * added to `gradient`, laid out as the weights.
 */
export function addErrorGradient(
  teacher: Teacher,
  { rows, classes }: Labelled,
  row: number,
  active: Float64Array,
  gradient: Float64Array,
): void {
  const { inputs, hidden, outputs, weights } = teacher
  const [b, V, c] = [inputs * hidden, (inputs + 1) * hidden, (inputs + 1 + outputs) * hidden]
  activations(teacher, rows, row, active)
  const back = new Float64Array(hidden)
  for (let o = 0; o < outputs; o++) {
    const value = active[hidden + o]!
    const delta = (value - (classes[row] === o ? 1 : -1)) * (1 - value * value)
    gradient[c + o]! += delta
    for (let h = 0; h < hidden; h++) {
      gradient[V + o * hidden + h]! += delta * active[h]!
      back[h]! += delta * weights[V + o * hidden + h]!
    }
  }
  for (let h = 0; h < hidden; h++) {
    const delta = back[h]! * (1 - active[h]! ** 2)
    gradient[b + h]! += delta
    for (let i = 0; i < inputs; i++) gradient[h * inputs + i]! += delta * rows[row * inputs + i]!
  }
}

/** Trains a teacher from small random weights by Adam on minibatches. Cost: iterations·batch·weights. */
export function trainTeacher(
  data: Labelled,
  [inputs, hidden, outputs]: readonly [number, number, number],
  { iterations, batch, rate, seed, ...adam }: TeacherOptions,
): Teacher {
  const weights = new Float64Array((inputs + 1 + outputs) * hidden + outputs)
  fillNormals(seed, stream.teacherStart, 0, 1, 0, weights.length, weights)
  for (let n = 0; n < weights.length; n++) weights[n]! /= Math.sqrt(n < inputs * hidden ? inputs : hidden)
  const teacher = { inputs, hidden, outputs, weights }
  const state = createAdam(weights.length)
  const chosen = new Int32Array(batch)
  const active = new Float64Array(hidden + outputs)
  for (let step = 0; step < iterations; step++) {
    uniformIntegers({ seed, stream: stream.teacherBatch, step }, data.count, chosen)
    const gradient = new Float64Array(weights.length)
    for (const row of chosen) addErrorGradient(teacher, data, row, active, gradient)
    for (let n = 0; n < gradient.length; n++) gradient[n]! /= batch
    adamStep(state, weights, gradient, rate, adam)
  }
  return teacher
}
