/** Names of directories: what fits beside the files inside, on every file system. */
const longestName = 100
/** Digits of a number in a name, where they tell it apart from those before it. */
const fewDigits = 6

/**
 * What names the points of a grid, one after the other: readable, unique, and file names everywhere. A name depends on the points before
 * it alone, so that a grid to which others are added keeps those that it has.
 *
 * @param size - how many points there are
 */
export function createNames(
  paths: readonly string[],
  size: number,
): (index: number, values: readonly unknown[]) => string {
  const keys = shortKeys(paths)
  const taken = new Set<string>()
  const named = (values: readonly unknown[], digits: number) =>
    values
      .map((value, n) => `${keys[n]}=${word(value, digits)}`)
      .join('_')
      .slice(0, longestName)
  // File systems that ignore case would take two such names for one.
  const isTaken = (name: string) => taken.has(name.toLowerCase())
  return (index, values) => {
    const short = named(values, fewDigits)
    const plain = isTaken(short) ? named(values, Number.POSITIVE_INFINITY) : short
    let name = plain
    for (let again = index + 1; isTaken(name); again += size) name = `${plain}_${again}`
    taken.add(name.toLowerCase())
    return name
  }
}

/** The last keys of the paths, as few as tell them apart. */
function shortKeys(paths: readonly string[]): string[] {
  const keys = paths.map((path) => path.split('.'))
  const deepest = Math.max(...keys.map(({ length }) => length))
  for (let depth = 1; depth < deepest; depth++) {
    const short = keys.map((path) => path.slice(-depth).join('.'))
    if (new Set(short).size === short.length) return short.map(fileName)
  }
  return paths.map(fileName)
}

/** A value in a name: text as it is, lists and mappings without their punctuation, of numbers so many digits. */
function word(value: unknown, digits: number): string {
  const rounded = (_: string, part: unknown) =>
    typeof part === 'number' && !Number.isInteger(part) && digits < 17 ? Number(part.toPrecision(digits)) : part
  return fileName(typeof value === 'string' ? value : JSON.stringify(value, rounded).replace(/[[\]{}"]/g, ''))
}

function fileName(text: string): string {
  return text.replace(/[^\w.+-]+/g, '-').replace(/^-(?!\d)|-$/g, '')
}
