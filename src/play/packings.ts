/** How many bits a parameter may have. */
export const packings = [16, 12, 8, 6] as const

/** As many as leave the samples of `mnist-01` as they were (docs/play.md): with 8 they are visibly worse, with 6 they are no digits. */
export const defaultPacking = 12
