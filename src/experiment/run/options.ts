import type { Hooks } from '../../backend/hooks.js'
import type { BackendRequest } from '../../backend/node/open.js'
import type { Provenance } from '../record/manifest.js'

/** Where and how a scenario runs. */
export interface RunOptions extends Hooks, BackendRequest {
  /** the run directory; made when it does not exist */
  readonly directory: string
  /** continue an unfinished run there, return a finished one's results, start one where there is none */
  readonly resume?: boolean
  /** a finished run whose trained parameters are used in place of training */
  readonly parametersFrom?: string
  readonly provenance?: Partial<Provenance>
}
