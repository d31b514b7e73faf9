import { execFileSync } from 'node:child_process'
import type { TestProject } from 'vitest/node'

/**
 * Builds dist/ before the tests where it is not of these sources, and before they run again under `vitest --watch`: threads, the
 * command line and pages under test run from there.
 */
export default function (project: TestProject): void {
  const build = () => {
    execFileSync(process.execPath, ['build.mjs', '--if-stale'], { stdio: 'inherit' })
  }
  build()
  project.onTestsRerun(build)
}
