import { didYouMean, invalidValue, listed, OverdampedError } from '../../errors.js'
import { groupSlice, type ParameterGroup, type Potential } from '../../physics/potential/potential.js'

/** The group of parameters of a name. @throws E_UNKNOWN_KEY at `where` when there is none */
export function groupNamed(groups: readonly ParameterGroup[], name: string, where: string): ParameterGroup {
  const group = groups.find((other) => other.name === name)
  if (group !== undefined) return group
  const names = groups.map((other) => other.name)
  throw new OverdampedError(
    'E_UNKNOWN_KEY',
    names.length === 0
      ? 'unknown term; the potential has none. Expected potential.onsite or potential.pair to name it.'
      : `unknown term; the potential has ${listed(names)}.${didYouMean(name, names)}`,
    where,
  )
}

/** One entry for each parameter of a group, from one for all or a list. @throws E_INVALID_VALUE for a list of another length */
export function entriesOf<Entry>(
  value: Entry | readonly Entry[],
  { size }: ParameterGroup,
  where: string,
): readonly Entry[] {
  if (!Array.isArray(value)) return Array.from({ length: size }, () => value as Entry)
  if (value.length === size) return value
  throw invalidValue(`expected one value or a list of ${size}, got ${value.length} entries.`, where)
}

/** @throws E_INVALID_VALUE for a parameter below its bound, with the path of its term; `when` is added to the value */
export function requireBounds({ groups, lowerBound }: Potential, theta: Float64Array, where: string, when = ''): void {
  for (const { name, offset, size } of groups)
    for (let a = offset; a < offset + size; a++)
      if (theta[a]! < lowerBound[a]!)
        throw invalidValue(
          `expected at least ${lowerBound[a]}, got ${theta[a]}${when}: the potential would not be bounded below.`,
          `${where}.${name}`,
        )
}

/** The groups that hold any parameters. */
export function filledGroups({ groups }: Potential): ParameterGroup[] {
  return groups.filter(({ size }) => size > 0)
}

/**
 * Values of parameters by term: a number for all of a term's, or a list; 0 for those that are not named.
 *
 * @returns [size]
 * @throws E_UNKNOWN_KEY or E_INVALID_VALUE with the path of the term
 */
export function parametersFrom(
  potential: Potential,
  values: Readonly<Record<string, number | readonly number[]>>,
  where: string,
): Float64Array {
  const theta = new Float64Array(potential.size)
  for (const [name, value] of Object.entries(values)) {
    const group = groupNamed(filledGroups(potential), name, `${where}.${name}`)
    groupSlice(group, theta).set(entriesOf(value, group, `${where}.${name}`))
  }
  requireBounds(potential, theta, where)
  return theta
}
