import { OverdampedError } from '../../errors.js'

/** A formula that was refused: `position` is the 1-based column where the cause stands, `reason` what is wrong there. */
export class FormulaError extends OverdampedError {
  /** tells it from other errors */
  override name = 'FormulaError'
  constructor(
    /** what is wrong there */
    readonly reason: string,
    /** column where the cause stands, from 1 */
    readonly position: number,
  ) {
    super('E_INVALID_VALUE', `column ${position} of the formula: ${reason}`)
  }
}
