import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type State, state } from './state.js'
import { type Row, verdictOf } from './verdict.js'
import { works } from './work/works.js'

// Does all works over and over in this process, looks at it after each cycle, and says whether it grows.

const { values: asked } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    csv: { type: 'string' },
    without: { type: 'string', multiple: true, default: [] },
  },
})
const minutes = Number(asked.minutes)
if (!(minutes > 0)) throw new Error(`--minutes ${asked.minutes}: expected a number above 0`)
const chosen = works.filter(({ name }) => !asked.without.some((words) => name.includes(words)))
/** However slow the machine, so many cycles tell something. */
const fewest = 8

// A folder of its own for temporary files: what anything leaves there is seen. The kernels' cache is the user's.
const temporary = mkdtempSync(join(tmpdir(), 'overdamped-soak-'))
process.env.TMPDIR = temporary
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }))

/** Nobody aborts it: what listens to the signal of a long-lived caller, and is not let go, shows. */
const { signal } = new AbortController()
const rows: Row[] = []
/** by each work, in seconds of processors */
const took = new Map<string, number>()

async function cycle(number: number): Promise<State> {
  for (const work of chosen) {
    const folder = join(temporary, 'folder')
    const before = process.cpuUsage()
    mkdirSync(folder)
    try {
      await work.do({ folder, cycle: number, signal })
    } catch (cause) {
      throw new Error(`cycle ${number}: ${work.name}`, { cause })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    const { user, system } = process.cpuUsage(before)
    took.set(work.name, (took.get(work.name) ?? 0) + (user + system) / 1e6)
  }
  return state()
}

function log(row: Row): void {
  if (asked.csv === undefined) return
  if (rows.length === 1) {
    mkdirSync(dirname(asked.csv), { recursive: true })
    writeFileSync(asked.csv, `${Object.keys(row).join(',')}\n`)
  }
  appendFileSync(asked.csv, `${Object.values(row).join(',')}\n`)
}

const began = performance.now()
const seconds = () => (performance.now() - began) / 1000
while (seconds() < 60 * minutes || rows.length < fewest) {
  const found = await cycle(rows.length + 1)
  const row = { seconds: Math.round(10 * seconds()) / 10, cycle: rows.length + 1, ...found }
  rows.push(row)
  log(row)
}
for (const [name, sum] of took) console.log(`${(sum / rows.length).toFixed(2).padStart(6)} s  ${name}`)
const { lines, word } = verdictOf(rows)
for (const line of lines) console.log(line)
process.exitCode = word === 'flat' ? 0 : 1
