import type { Hooks } from '../../backend/hooks.js'
import type { BackendRequest } from '../../backend/node/open.js'
import type { RecordOptions } from '../record/recorded.js'

/** Where and how a scenario runs. */
export interface RunOptions extends Hooks, BackendRequest, RecordOptions {
  /** continue an unfinished run there, return a finished one's results, start one where there is none */
  readonly resume?: boolean
}
