import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { decodeSafetensors, type Tensor } from '../src/experiment/files/safetensors.js'
import type { HiddenUnits, Parameters, ParameterTerm } from './learned-record.js'
import { entry } from './read-values.js'
import { readRecorded, sound } from './run-files.js'
import { extent } from './summary.js'
import { unreadable } from './unreadable.js'

const onUnits = ['stiffness', 'cubic', 'quartic', 'bias']
/** Label units, at most: one for each class of a table. */
const mostLabels = 100
/** A term is a figure of the page, and a knot a row of its table. */
const [mostTerms, mostKnots] = [256, 10_000]
const onEdges = ['bilinear', 'pair-quartic']

/**
 * Reads parameters.safetensors: the learned parameters at the knots, noisiest first.
 * @param directory path of the run directory
 * @param scenario the parsed scenario.yaml, which says where a term of the user's own lives
 * @returns undefined when the run has none
 * @throws OverdampedError E_FORMAT when the file is damaged or its shapes disagree
 */
export function readParameters(directory: string, scenario: unknown): Parameters | undefined {
  const name = 'parameters.safetensors'
  const path = join(directory, name)
  if (!existsSync(path)) return undefined
  const { tensors } = decodeSafetensors(readRecorded(directory, name), path)
  const {
    knots,
    edges,
    'hidden-edges': hiddenEdges,
    'hidden-coupling': couplings,
    'hidden-bias': biases,
    'hidden-temperature': temperature,
    'label-coupling': labelCouplings,
    ...others
  } = sound(tensors, path)
  if (knots?.shape.length !== 1) throw unreadable(path, 'expected a tensor "knots" [K + 1]')
  if (edges?.shape[1] !== 2) throw unreadable(path, 'expected a tensor "edges" [edges, 2]')
  const pairs = edges.shape[0] as number
  const terms = Object.entries(others).map(([name, tensor]) => {
    if (tensor.shape.length !== 2 || tensor.shape[0] !== knots.data.length)
      throw unreadable(path, `"${name}" has shape [${tensor.shape}], expected [${knots.data.length}, units or edges]`)
    return term(name, tensor, pairs, scenario)
  })
  if (terms.length > mostTerms || knots.data.length > mostKnots)
    throw unreadable(path, `holds ${terms.length} terms at ${knots.data.length} knots, too many to show`)
  const units = terms.find(({ on }) => on === 'unit')?.columns ?? 1 + Math.max(0, extent(edges.data)[1])
  const misfit = terms.find(({ on, columns }) => columns !== (on === 'unit' ? units : pairs))
  if (misfit)
    throw unreadable(path, `"${misfit.name}" has ${misfit.columns} columns for ${units} units, ${pairs} edges`)
  for (const unit of edges.data)
    if (!(unit >= 0 && unit < units)) throw unreadable(path, `"edges" names unit ${unit} of ${units}`)
  const labels = labelCouplings === undefined ? [] : labelTerms(path, units, knots.data.length, labelCouplings)
  const hidden =
    hiddenEdges && couplings && biases && hiddenUnits(path, units, knots.data.length, hiddenEdges, couplings, biases)
  return { knots: Array.from(knots.data), edges: edges.data, units, terms: [...terms.sort(inOrder), ...labels], hidden }
}

/** The couplings of each label unit to the visible ones, as a term on these; units are known when it is called. */
function labelTerms(path: string, units: number, knots: number, { shape, data }: Tensor): ParameterTerm[] {
  const columns = shape[1] as number
  if (shape.length !== 2 || shape[0] !== knots || columns % units !== 0)
    throw unreadable(path, `"label-coupling" has shape [${shape}], expected [${knots}, labels times ${units} units]`)
  const labels = columns / units
  if (labels > mostTerms) throw unreadable(path, `"label-coupling" is of ${labels} label units, too many to show`)
  return Array.from({ length: labels }, (_, l) => ({
    name: labels === 1 ? 'label-coupling' : `label-coupling ${l + 1}`,
    on: 'unit',
    columns: units,
    values: Float64Array.from(
      { length: knots * units },
      (_, n) => data[Math.floor(n / units) * columns + l * units + (n % units)] as number,
    ),
  }))
}

function hiddenUnits(
  path: string,
  visible: number,
  knots: number,
  edges: Tensor,
  couplings: Tensor,
  biases: Tensor,
): HiddenUnits {
  const shapes = [edges, couplings, biases].map(({ shape }) => `[${shape}]`).join(', ')
  const count = edges.shape[0] as number
  const units = biases.shape[1] as number
  const matches = (shape: readonly number[], rows: number, columns: number) =>
    shape.length === 2 && shape[0] === rows && shape[1] === columns
  if (
    !matches(edges.shape, count, 2) ||
    !matches(couplings.shape, knots, count) ||
    !matches(biases.shape, knots, units)
  )
    throw unreadable(
      path,
      `the tensors of hidden units have shapes ${shapes}, expected [couplings, 2], [${knots}, couplings], [${knots}, hidden units]`,
    )
  for (let edge = 0; edge < count; edge++) {
    const [i, h] = [edges.data[2 * edge] as number, edges.data[2 * edge + 1] as number]
    // Label units are numbered after the visible ones.
    if (!(i >= 0 && i < visible + mostLabels && h >= 0 && h < units))
      throw unreadable(path, `"hidden-edges" joins visible unit ${i} of ${visible} and hidden unit ${h} of ${units}`)
  }
  return { units, edges: edges.data, couplings: couplings.data, biases: biases.data }
}

function term(name: string, { shape, data }: Tensor, pairs: number, scenario: unknown): ParameterTerm {
  const columns = shape[1] as number
  const own = entry(scenario, 'potential', 'pair')
  const isPair = Array.isArray(own) && own.some((item) => item === name || entry(item, 'name') === name)
  const on = onEdges.includes(name) || (!onUnits.includes(name) && columns === pairs && isPair) ? 'edge' : 'unit'
  return { name, on, columns, values: data }
}

/** The built-in terms in the order of the potential, others behind them by name. */
function inOrder(a: ParameterTerm, b: ParameterTerm): number {
  const place = ({ name }: ParameterTerm) => [...onUnits, ...onEdges, name].indexOf(name)
  return place(a) - place(b) || (a.name < b.name ? -1 : 1)
}
