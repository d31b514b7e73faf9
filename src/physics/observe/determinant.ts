/**
 * log |det A| of a square matrix, by elimination with the largest pivot of each column; -Infinity where it is singular.
 *
 * @param A - [n, n] row-major; destroyed
 *
 * Cost: n³/3 multiply-adds.
 */
export function logAbsDeterminant(A: Float64Array, n: number): number {
  let log = 0
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(A[i * n + k]!) > Math.abs(A[pivot * n + k]!)) pivot = i
    const value = A[pivot * n + k]!
    log += Math.log(Math.abs(value))
    if (value === 0) return log
    if (pivot !== k) for (let j = k; j < n; j++) [A[k * n + j], A[pivot * n + j]] = [A[pivot * n + j]!, A[k * n + j]!]
    for (let i = k + 1; i < n; i++) {
      const share = A[i * n + k]! / value
      if (share !== 0) for (let j = k + 1; j < n; j++) A[i * n + j]! -= share * A[k * n + j]!
    }
  }
  return log
}
