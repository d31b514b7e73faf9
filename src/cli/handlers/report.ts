import { writeComparison } from '../../../viz/compare.js'
import { writeReport } from '../../../viz/report.js'

/** Options of `overdamped report`. */
export interface ReportArguments {
  runs: string[]
  out: string
}

/** Does what `overdamped report` asks. */
export function handle({ runs, out }: ReportArguments): void {
  const [first, second] = runs
  console.log(first !== undefined && second === undefined ? writeReport(first) : writeComparison(runs, out))
}
