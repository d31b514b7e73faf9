import type { Progress } from '../../backend/hooks.js'

/** Shows progress on stderr: a bar that rewrites itself on a terminal, a line a minute otherwise. */
export interface ProgressDisplay {
  update(progress: Progress): void
  /** a line of its own */
  note(line: string): void
  /** removes the bar, so that what is printed next starts on a clean line */
  clear(): void
}

const barWidth = 16
const redrawEvery = 100
const lineEvery = 60_000
const phaseNames = {
  train: 'training',
  refine: 'refining',
  relax: 'relaxing',
  sample: 'sampling',
  measure: 'measuring',
} as const

/** @param quiet - shows nothing */
export function createProgress(quiet: boolean, stream: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  if (quiet) return { update() {}, note() {}, clear() {} }
  const interval = stream.isTTY ? redrawEvery : lineEvery
  let phase: Progress['phase'] | null = null
  let phaseStart = 0
  let doneAtStart = 0
  let lastShown = -Infinity
  let shown = false
  return {
    update(progress) {
      const now = performance.now()
      if (progress.phase !== phase) {
        phase = progress.phase
        phaseStart = now
        doneAtStart = progress.done
        lastShown = stream.isTTY ? -Infinity : now
        if (!stream.isTTY) stream.write(`${phaseNames[phase]} …\n`)
      }
      if (now - lastShown < interval) return
      lastShown = now
      const text = describe(progress, (now - phaseStart) / 1000, doneAtStart)
      if (stream.isTTY) stream.write(`\r\x1b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`)
      else stream.write(`${text}\n`)
      shown = stream.isTTY
    },
    note: (line) => stream.write(`${line}\n`),
    clear() {
      if (shown) stream.write('\r\x1b[2K')
      shown = false
    },
  }
}

function describe({ phase, done, total, t, loss, rate }: Progress, elapsed: number, doneAtStart: number): string {
  const fraction = total > 0 ? done / total : 0
  const filled = Math.round(fraction * barWidth)
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
  const parts = [`${phaseNames[phase].padEnd(9)} ${bar} ${String(Math.floor(100 * fraction)).padStart(3)} %`]
  // What matters most comes first: a narrow terminal cuts the line at its end.
  const worked = done - doneAtStart
  if (worked > 0 && elapsed > 1) parts.push(`${duration((elapsed * (total - done)) / worked)} left`)
  if (loss !== undefined) parts.push(`loss ${loss.toFixed(3)}`)
  if (phase === 'train' && elapsed > 1) parts.push(`${(worked / elapsed).toPrecision(2)} it/s`)
  if (rate !== undefined) parts.push(`rate ${rate.toPrecision(2)}`)
  if (t !== undefined) parts.push(`t ${t.toPrecision(2)}`)
  return parts.join('  ')
}

/** `4 s`, `2 min 05 s`, `1 h 07 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`
}
