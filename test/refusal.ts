import { OverdampedError } from '../src/errors.js'

/** The message with which something is refused, at once or later; 'valid' where it is not. @throws any other error */
export async function refusalOf(make: () => unknown): Promise<string> {
  try {
    await make()
  } catch (error) {
    if (error instanceof OverdampedError) return error.message
    throw error
  }
  return 'valid'
}
