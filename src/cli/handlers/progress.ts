import type { Progress } from '../../backend/hooks.js'

/** Shows progress on stderr: a line that rewrites itself on a terminal, lines of a log otherwise. */
export interface ProgressDisplay {
  update(progress: Progress): void
  /** a line of its own */
  note(line: string): void
  /** removes the line under way, so that what is printed next starts on a clean one */
  clear(): void
}

/** ms */
const redrawEvery = 100
/** ms from one line of a log to the next, and to the first of a phase: whoever looks soon sees that it goes on */
const [lineEvery, firstLine] = [60_000, 10_000]
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
  // A dumb terminal, such as an editor's, can't take a line back.
  const rewrites = stream.isTTY && process.env.TERM !== 'dumb'
  let phase: Progress['phase'] | null = null
  let phaseStart = 0
  let doneAtStart = 0
  let next = 0
  let shown = false
  const clear = () => {
    if (shown) stream.write('\r\x1b[2K')
    shown = false
  }
  return {
    clear,
    update(progress) {
      const now = performance.now()
      if (progress.phase !== phase) {
        phase = progress.phase
        phaseStart = now
        doneAtStart = progress.done
        next = rewrites ? now : now + firstLine
        if (!rewrites) stream.write(`${phaseNames[phase]} …\n`)
      }
      if (now < next) return
      next = now + (rewrites ? redrawEvery : lineEvery)
      const text = describe(progress, (now - phaseStart) / 1000, doneAtStart)
      if (rewrites) stream.write(`\r\x1b[2K${text.slice(0, (stream.columns || 80) - 1)}`)
      else stream.write(`${text}\n`)
      shown = rewrites
    },
    note(line) {
      clear()
      stream.write(`${line}\n`)
    },
  }
}

/** `training: 35 %, 1 min 05 s left, loss -0.123, iteration 700 of 2,000, 12 a second, noise time 0.3, rate 0.05`: what matters most first. */
function describe({ phase, done, total, t, loss, rate }: Progress, elapsed: number, doneAtStart: number): string {
  const fraction = total > 0 ? done / total : 0
  const parts = [`${phaseNames[phase]}: ${Math.floor(100 * fraction)} %`]
  // A narrow terminal cuts the line at its end.
  const worked = done - doneAtStart
  if (worked > 0 && elapsed > 1) parts.push(`about ${duration((elapsed * (total - done)) / worked)} left`)
  if (loss !== undefined) parts.push(`loss ${loss.toFixed(3)}`)
  // What has no number of iterations tells its share of the work.
  if (phase === 'train' && total > 1) {
    parts.push(`iteration ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`)
    if (elapsed > 1 && worked > 0) parts.push(`${plain(worked / elapsed)} a second`)
  }
  if (t !== undefined) parts.push(`noise time ${plain(t)}`)
  if (rate !== undefined) parts.push(`learning rate ${plain(rate)}`)
  return parts.join(', ')
}

/** Two digits, without an exponent where one is not needed. */
function plain(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en', { maximumSignificantDigits: 2 })
}

/** `4 s`, `2 min 05 s`, `1 h 07 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`
}
