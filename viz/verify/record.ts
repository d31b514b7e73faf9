/** A comparison with an exact truth, as verify.json has it. */
export interface VerifiedRow {
  readonly topic: string
  readonly name: string
  readonly value: number
  readonly truth: number
  readonly standardError: number | null
  readonly tolerance: number
  readonly z: number | null
  readonly control: boolean
  readonly pass: boolean | null
  readonly reason?: string
}

/** What the page shows of verify.json; `topics` have what is exactly known, in a line. */
export interface RecordedVerification {
  readonly version: string
  readonly seed: number
  readonly backend: string
  readonly thorough: boolean
  readonly topics: readonly { readonly name: string; readonly truth: string }[]
  readonly checks: readonly VerifiedRow[]
}
