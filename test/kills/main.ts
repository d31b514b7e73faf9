import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { kinds } from './commands.js'
import { type KillReport, killKind } from './kill.js'

// npm run kills -- [--kind training] [--kills 100] [--seed 1]: a table, and exit code 1 where anything differed.

const { values } = parseArgs({
  options: {
    kind: { type: 'string', multiple: true, default: ['training', 'simulation', 'study', 'sweep'] },
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
})
const chosen = values.kind.flatMap((kind) => (kind === 'all' ? Object.keys(kinds) : kind.split(',')))
const reports: KillReport[] = []
for (const kind of chosen) {
  const folder = mkdtempSync(join(tmpdir(), 'overdamped-kills-'))
  const report = await killKind({
    ...{ kind, kills: Number(values.kills), seed: Number(values.seed), folder, main: 'dist/cli/main.js' },
    onProgress: (text) => console.error(text),
  })
  reports.push(report)
  for (const fault of report.faults) console.error(fault)
  if (report.faults.length === 0) rmSync(folder, { recursive: true, force: true })
  else console.error(`left in ${folder}`)
}
console.table(
  Object.fromEntries(
    reports.map(
      ({ kind, kills, runs, late, several, atOperations, halfWritten, withState, lost, faults, ...times }) => [
        kind,
        {
          ...{
            kills,
            runs,
            'runs killed again': several,
            late,
            'at an operation': atOperations,
            'half written': halfWritten,
          },
          'went on from a state': withState,
          'lost, median s': Number(lost.median.toFixed(2)),
          'lost, largest s': Number(lost.largest.toFixed(2)),
          'CPU s': Number(times.cpu.toFixed(1)),
          'CPU s, with kills': Number(times.cpuKilled.toFixed(1)),
          faults: faults.length,
        },
      ],
    ),
  ),
)
process.exitCode = reports.some(({ faults }) => faults.length > 0) ? 1 : 0
