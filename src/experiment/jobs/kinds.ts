import type { JobKind } from '../executor/executor.js'
import { digitFigures } from '../measurement/digit-figures.js'
import { trajectories } from '../sampling/shards.js'
import { repetition } from '../study/repeat.js'
import { point } from '../sweep/point.js'
import { slice } from '../training/slice.js'

/** Every kind of job, for whoever is told of one by its name. */
// biome-ignore lint/suspicious/noExplicitAny: each has an input of its own, which whoever names it gives.
export const jobKinds: readonly JobKind<any, unknown>[] = [repetition, slice, trajectories, point, digitFigures]
