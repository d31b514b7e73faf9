import { OverdampedError } from '../src/errors.js'

/** The message with which something is refused, 'valid' where it is not. @throws any other error */
export function refusalOf(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    if (error instanceof OverdampedError) return error.message
    throw error
  }
  return 'valid'
}
