import type { PlayFrame } from '../../../src/play/messages.js'
import type { NetworkRecord } from '../../../src/play/record.js'
import { field } from '../../client/export/csv.js'
import { fileName, save } from '../../client/export/file.js'
import { pngOf } from '../../client/export/png.js'

/** A picture has at least so many pixels a side. */
const least = 768

/**
 * Makes the buttons save what is seen: the picture with hard edges, the states as comma-separated values, a network a line.
 * @param frame what is shown now
 */
export function saves(
  canvas: HTMLCanvasElement,
  { title, classes }: Pick<NetworkRecord, 'title' | 'classes'>,
  frame: () => PlayFrame | undefined,
): void {
  document.getElementById('save-png')?.addEventListener('click', async () => {
    const { width, height } = canvas
    const scale = Math.max(1, Math.ceil(least / Math.max(width, height)))
    const picture = document.createElement('canvas')
    picture.width = scale * width
    picture.height = scale * height
    const context = picture.getContext('2d')
    if (!context) return
    context.imageSmoothingEnabled = false
    context.drawImage(canvas, 0, 0, picture.width, picture.height)
    save(`${fileName(title, name(frame()))}.png`, await pngOf(picture))
  })
  document.getElementById('save-csv')?.addEventListener('click', () => {
    const now = frame()
    if (!now) return
    const text = statesCsv(now, classes ?? [])
    save(`${fileName(title, name(now))}.csv`, new Blob([text], { type: 'text/csv;charset=utf-8' }))
  })
}

function name(frame: PlayFrame | undefined): string {
  return frame?.done ? 'samples' : `states-at-step-${frame?.step ?? 0}`
}

/** Of each network a line: the name of its class where it has one, work, heat and ΔU in kT, and its clean states. */
function statesCsv(
  { clean, work, heat, energyChange, classes }: PlayFrame,
  names: readonly (string | number)[],
): string {
  const units = clean.length / work.length
  const head = [...(classes.length > 0 ? ['class'] : []), 'work/kT', 'heat/kT', 'energyChange/kT']
  const lines = Array.from(work, (w, n) =>
    [
      ...(classes.length > 0 ? [field(String(names[classes[n] as number]))] : []),
      ...[w, heat[n], energyChange[n]],
      ...clean.subarray(n * units, (n + 1) * units),
    ].join(','),
  )
  const columns = Array.from({ length: units }, (_, unit) => `x${unit + 1}`)
  return [[...head, ...columns].join(','), ...lines, ''].join('\r\n')
}
