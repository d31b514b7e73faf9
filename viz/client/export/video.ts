/** What browsers can record; the first that this one can is taken. */
const types = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm']
/** The whole film takes this long, and stands still on its last frame for so long, in milliseconds. */
const [duration, rest] = [5000, 600]
/** Between two frames that are painted: 30 a second. */
const pause = 1000 / 30
/** Enough for sharp edges of cells. */
const bitsPerSecond = 4_000_000

/** A film as something that can be painted: how many frames, how large, and each of them. */
export interface Reel {
  frames: number
  width: number
  height: number
  paint: (context: CanvasRenderingContext2D, frame: number) => void
}

/** What this browser records WebM as; undefined where it cannot. */
export function videoType(): string | undefined {
  if (typeof MediaRecorder === 'undefined' || !('captureStream' in HTMLCanvasElement.prototype)) return undefined
  return types.find((type) => MediaRecorder.isTypeSupported(type))
}

/**
 * Records a film as WebM with the browser's own recorder, in the time that it takes to play; nothing moves on the page.
 * @param told is called with the share that is done, in percent
 */
export async function recordVideo({ frames, width, height, paint }: Reel, told: (percent: number) => void) {
  const mimeType = videoType()
  const canvas = document.createElement('canvas')
  // Codecs take even numbers of pixels.
  canvas.width = 2 * Math.ceil(width / 2)
  canvas.height = 2 * Math.ceil(height / 2)
  const context = canvas.getContext('2d')
  if (!context || mimeType === undefined) return undefined
  paint(context, 0)
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType, videoBitsPerSecond: bitsPerSecond })
  const chunks: Blob[] = []
  recorder.addEventListener('dataavailable', ({ data }) => chunks.push(data))
  const stopped = new Promise((done) => recorder.addEventListener('stop', done))
  recorder.start()
  const begun = performance.now()
  for (let gone = 0; gone < duration + rest; gone = performance.now() - begun) {
    paint(context, Math.min(frames - 1, Math.floor((gone / duration) * frames)))
    told(Math.min(99, Math.floor((100 * gone) / (duration + rest))))
    // A timer and no frame of the screen: these stop in a tab that is not seen.
    await new Promise((done) => setTimeout(done, pause))
  }
  recorder.stop()
  await stopped
  return new Blob(chunks, { type: 'video/webm' })
}
