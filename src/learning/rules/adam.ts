/** State of the optimizer: plain arrays, so that a checkpoint can hold it. */
export interface AdamState {
  /** running mean of the gradient, [parameters] */
  readonly mean: Float64Array
  /** running mean of its square, [parameters] */
  readonly square: Float64Array
  /** steps taken */
  steps: number
}

/** Decay rates of the two running means, in [0, 1); `defaultAdam` where absent. */
export interface AdamOptions {
  /** of the gradient's mean */
  readonly beta1?: number | undefined
  /** of the mean of its square */
  readonly beta2?: number | undefined
}

/** Decay rates that follow the gradient over ten steps and its square over a hundred. */
export const defaultAdam = { beta1: 0.9, beta2: 0.99 } as const satisfies AdamOptions

/** Keeps the step finite where a gradient has been zero; small against any measured gradient. */
const smallest = 1e-8

/** An optimizer that has taken no step. */
export function createAdam(parameters: number): AdamState {
  return { mean: new Float64Array(parameters), square: new Float64Array(parameters), steps: 0 }
}

/** Forgets what the optimizer has seen (a new slice has gradients of its own scale). */
export function resetAdam(state: AdamState): void {
  state.mean.fill(0)
  state.square.fill(0)
  state.steps = 0
}

/**
 * One Adam step in place: θ_a -= rate·scale_a·m̂_a/(√v̂_a + ε).
 *
 * @param options - decay rates; ε, 1e-8 when absent: a gradient far below it hardly moves anything
 * @param scale - how far each parameter moves relative to the others, [parameters]; alike when absent
 *
 * Source: Kingma & Ba, ICLR 2015, Algorithm 1.
 */
export function adamStep(
  state: AdamState,
  theta: Float64Array,
  gradient: Float64Array,
  rate: number,
  {
    beta1 = defaultAdam.beta1,
    beta2 = defaultAdam.beta2,
    epsilon = smallest,
  }: AdamOptions & { readonly epsilon?: number | undefined },
  scale?: Float64Array,
): void {
  state.steps++
  const { mean, square } = state
  const meanScale = 1 / (1 - beta1 ** state.steps)
  const squareScale = 1 / (1 - beta2 ** state.steps)
  for (let a = 0; a < theta.length; a++) {
    const g = gradient[a]!
    const m = beta1 * mean[a]! + (1 - beta1) * g
    const v = beta2 * square[a]! + (1 - beta2) * g * g
    mean[a] = m
    square[a] = v
    theta[a]! -= ((rate * m * meanScale) / (Math.sqrt(v * squareScale) + epsilon)) * (scale?.[a] ?? 1)
  }
}
