import { objectivesMarkdown, writeComparison } from '../../../viz/compare.js'
import { writeReport } from '../../../viz/report.js'
import { usageError } from '../../errors.js'

/** Options of `overdamped report`. */
export interface ReportArguments {
  runs: string[]
  out: string | undefined
  markdown: boolean
}

/** Does what `overdamped report` asks. */
export function handle({ runs, out, markdown }: ReportArguments): void {
  const [first, second] = runs
  const isAlone = first !== undefined && second === undefined
  if (out !== undefined && (markdown || isAlone))
    throw usageError(
      markdown
        ? 'no page is written with --markdown.'
        : 'the report of one run is its report.html. Name several to compare.',
      `--out ${out}`,
    )
  if (markdown) console.log(objectivesMarkdown(runs))
  else console.log(isAlone ? writeReport(first) : writeComparison(runs, out ?? 'comparison.html'))
}
