import { objectivesMarkdown, writeComparison } from '../../../viz/compare.js'
import { writeReport } from '../../../viz/report.js'

/** Options of `overdamped report`. */
export interface ReportArguments {
  runs: string[]
  out: string
  markdown: boolean
}

/** Does what `overdamped report` asks. */
export function handle({ runs, out, markdown }: ReportArguments): void {
  const [first, second] = runs
  if (markdown) console.log(objectivesMarkdown(runs))
  else console.log(first !== undefined && second === undefined ? writeReport(first) : writeComparison(runs, out))
}
