/**
 * Eigenvalues of a symmetric matrix, in increasing order, without its eigenvectors, which take most of the time of a decomposition.
 * The steps, and so the bits, are those of ml-matrix's EigenvalueDecomposition.
 *
 * @param matrix - [size, size]; row-major; its lower triangle counts
 * @returns [size]
 * Cost: (4/3)·size³ multiply-adds.
 * Source: Bowdler, Martin, Reinsch and Wilkinson, Numer. Math. 11, 293 (1968), procedures tred2 and tql2.
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  // Transposed, so that what is read one after the other lies so.
  const a = new Float64Array(size * size)
  for (let j = 0; j < size; j++) for (let k = j; k < size; k++) a[j * size + k] = matrix[k * size + j]!
  const { diagonal, beside } = tridiagonal(a, size)
  iterate(diagonal, beside)
  return diagonal.sort()
}

/**
 * Householder reflections that leave a tridiagonal matrix with the same eigenvalues.
 *
 * @param a - its upper triangle, [size, size] row-major; is overwritten
 * @returns its diagonal, and beside it the element of row i in column i + 1, 0 in the last
 */
function tridiagonal(a: Float64Array, size: number): { diagonal: Float64Array; beside: Float64Array } {
  const diagonal = new Float64Array(size)
  const beside = new Float64Array(size)
  /** The last column that is left, of which a reflection is made: [i]. */
  const u = new Float64Array(size)
  /** What the reflection does to the rows above. */
  const p = new Float64Array(size)
  for (let i = size - 1; i > 0; i--) {
    diagonal[i] = a[i * size + i]!
    let scale = 0
    for (let k = 0; k < i; k++) {
      u[k] = a[k * size + i]!
      scale += Math.abs(u[k]!)
    }
    if (scale === 0) continue
    let h = 0
    for (let k = 0; k < i; k++) {
      u[k]! /= scale
      h += u[k]! * u[k]!
    }
    const last = u[i - 1]!
    const length = last > 0 ? -Math.sqrt(h) : Math.sqrt(h)
    beside[i - 1] = scale * length
    h -= last * length
    u[i - 1] = last - length
    reflect(a, size, i, u, p.fill(0), h)
  }
  diagonal[0] = a[0]!
  return { diagonal, beside }
}

/** A ← A - u qᵀ - q uᵀ of the first `length` rows, q = p - (uᵀp/2h) u, p = A u/h. */
function reflect(a: Float64Array, size: number, length: number, u: Float64Array, p: Float64Array, h: number): void {
  for (let j = 0; j < length; j++) {
    const row = j * size
    const f = u[j]!
    let g = p[j]! + a[row + j]! * f
    for (let k = j + 1; k < length; k++) {
      g += a[row + k]! * u[k]!
      p[k]! += a[row + k]! * f
    }
    p[j] = g
  }
  let along = 0
  for (let j = 0; j < length; j++) {
    p[j]! /= h
    along += p[j]! * u[j]!
  }
  const share = along / (h + h)
  for (let j = 0; j < length; j++) p[j]! -= share * u[j]!
  for (let j = 0; j < length; j++) {
    const row = j * size
    const [f, g] = [u[j]!, p[j]!]
    for (let k = j; k < length; k++) a[row + k]! -= f * p[k]! + g * u[k]!
  }
}

/** QL steps with shifts until nothing is left beside the diagonal `d`; `e` is what stands beside it. */
function iterate(d: Float64Array, e: Float64Array): void {
  const size = d.length
  let shifts = 0
  let largest = 0
  for (let l = 0; l < size; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!))
    const negligible = Number.EPSILON * largest
    let m = l
    while (m < size && Math.abs(e[m]!) > negligible) m++
    if (m > l)
      do {
        const before = d[l]!
        const half = (d[l + 1]! - before) / (2 * e[l]!)
        const root = half < 0 ? -hypotenuse(half, 1) : hypotenuse(half, 1)
        d[l] = e[l]! / (half + root)
        d[l + 1] = e[l]! * (half + root)
        const shift = before - d[l]!
        for (let i = l + 2; i < size; i++) d[i]! -= shift
        shifts += shift
        sweep(d, e, l, m)
      } while (Math.abs(e[l]!) > negligible)
    d[l]! += shifts
    e[l] = 0
  }
}

/** One QL step of the rows l to m by plane rotations with cosine c and sine s. */
function sweep(d: Float64Array, e: Float64Array, l: number, m: number): void {
  const [next, beside] = [d[l + 1]!, e[l + 1]!]
  let p = d[m]!
  let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0]
  for (let i = m - 1; i >= l; i--) {
    c3 = c2
    c2 = c
    s2 = s
    const g = c * e[i]!
    const h = c * p
    const r = hypotenuse(p, e[i]!)
    e[i + 1] = s * r
    s = e[i]! / r
    c = p / r
    p = c * d[i]! - s * g
    d[i + 1] = h + s * (c * g + s * d[i]!)
  }
  p = (-s * s2 * c3 * beside * e[l]!) / next
  e[l] = s * p
  d[l] = c * p
}

/** √(a² + b²) without overflow. */
function hypotenuse(a: number, b: number): number {
  if (Math.abs(a) > Math.abs(b)) {
    const ratio = b / a
    return Math.abs(a) * Math.sqrt(1 + ratio * ratio)
  }
  if (b === 0) return 0
  const ratio = a / b
  return Math.abs(b) * Math.sqrt(1 + ratio * ratio)
}
