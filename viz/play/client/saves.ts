import type { PlayFrame } from '../../../src/play/messages.js'
import { fileName, save } from '../../client/export/file.js'
import { pngOf } from '../../client/export/png.js'

/** A picture has at least so many pixels a side. */
const least = 768

/**
 * Makes the buttons save what is seen: the picture with hard edges, the states as comma-separated values, a network a line.
 * @param frame what is shown now
 */
export function saves(canvas: HTMLCanvasElement, title: string, frame: () => PlayFrame | undefined): void {
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
    if (now) save(`${fileName(title, name(now))}.csv`, new Blob([statesCsv(now)], { type: 'text/csv;charset=utf-8' }))
  })
}

function name(frame: PlayFrame | undefined): string {
  return frame?.done ? 'samples' : `states-at-step-${frame?.step ?? 0}`
}

/** Of each network a line: its class where it has one, work, heat and ΔU in kT, and its clean states. */
function statesCsv({ clean, work, heat, energyChange, classes }: PlayFrame): string {
  const units = clean.length / work.length
  const head = [...(classes.length > 0 ? ['class'] : []), 'work', 'heat', 'energyChange']
  const lines = Array.from(work, (w, n) =>
    [
      ...(classes.length > 0 ? [classes[n]] : []),
      ...[w, heat[n], energyChange[n]],
      ...clean.subarray(n * units, (n + 1) * units),
    ].join(','),
  )
  const names = Array.from({ length: units }, (_, unit) => `x${unit + 1}`)
  return [[...head, ...names].join(','), ...lines, ''].join('\r\n')
}
