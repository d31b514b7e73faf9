/** Images of 28×28 pixels as their file has them. */
export interface RawImages {
  /** [images, 28²] row-major, 0 paper */
  readonly pixels: ArrayLike<number>
  /** the value of full ink: 1, or 255 for bytes */
  readonly ink: number
  /** which of the images are of the digit, in file order */
  readonly indices: ArrayLike<number>
}

/** Side of the images in the files, in pixels. */
export const imageSide = 28
