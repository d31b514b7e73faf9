/** Pixels of a PNG for each of the page's, so that it prints sharp. */
const scale = 2

/**
 * A picture of vectors as pixels.
 * @param svg a document that needs nothing else
 */
export async function rasterised(svg: string): Promise<Blob> {
  const image = new Image()
  // Not by a blob's address: the page's policy lets pictures be data alone.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(scale * image.width)
  canvas.height = Math.round(scale * image.height)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return pngOf(canvas)
}

/** The pixels of a canvas as a file. */
export function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('the canvas is too large'))), 'image/png')
  })
}
