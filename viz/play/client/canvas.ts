/** A canvas as sharp as the screen, in the page's pixels. */
export interface Surface {
  context: CanvasRenderingContext2D
  width: number
  height: number
  /** pixels of the screen for each of the page's */
  ratio: number
}

/**
 * Clears a canvas and makes it as sharp as the screen; then one unit of the context is a pixel of the page.
 * @returns undefined in a folded part of the page, where it has no size
 */
export function surfaceOf(canvas: HTMLCanvasElement): Surface | undefined {
  const { clientWidth: width, clientHeight: height } = canvas
  const context = canvas.getContext('2d')
  if (width === 0 || height === 0 || !context) return undefined
  const ratio = devicePixelRatio || 1
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== wide) canvas.width = wide
  if (canvas.height !== high) canvas.height = high
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  return { context, width, height, ratio }
}
