import type { Work } from './common.js'
import { backends, failures } from './failures.js'
import { gradients, mnist, ownData, study } from './learning.js'
import { resumed } from './resuming.js'
import { formulas, relaxations, simulations } from './simulations.js'
import { sweeps } from './sweeps.js'

/** All that is done in a cycle, in this order. */
export const works: readonly Work[] = [
  ...simulations,
  formulas,
  ownData,
  mnist,
  study,
  relaxations,
  sweeps,
  resumed,
  failures,
  backends,
  gradients,
]
