import { z } from 'zod'

/** Local learning rules. */
const ruleNames = [
  'force-matching',
  'implicit-score-matching',
  'nudged-force-matching',
  'contrastive-divergence',
  'reverse-path',
] as const

const positive = z.number().positive()
const count = z.int().positive()

/** Keys of `learning` that say by which rule, and with what settings. Settings of other rules are refused. */
export const ruleKeys = {
  rule: z.enum([...ruleNames, 'least-squares']).default('force-matching'),
  nudge: positive
    .max(1)
    .optional()
    .describe('δ of nudged-force-matching over s/(2kT): how far a state is nudged, in the units of x (0.01)'),
  sides: z
    .enum(['two', 'one'])
    .optional()
    .describe('of nudged-force-matching: nudged along the residual and against it, or along it only (two)'),
  contrast: z
    .strictObject({
      time: positive.max(1).optional().describe('its length h over the relaxation time of the slice, s²/(μkT) (0.05)'),
      substeps: count.max(1000).optional().describe('Euler–Maruyama steps it is cut into (1)'),
      antithetic: z.boolean().optional().describe('average over the noise +ξ and -ξ, as only a simulator can (true)'),
    })
    .optional()
    .describe('the free run of contrastive-divergence'),
  path: z
    .strictObject({
      dt: positive.max(0.5).optional().describe('a step over the relaxation time of the slice, s²/(μkT) (0.05)'),
      steps: count.max(1000).optional().describe('steps of a path, centred on the time of the knot (8)'),
      online: z.boolean().optional().describe('apply the gradient of every step at once (false)'),
    })
    .optional()
    .describe('the noising runs that reverse-path learns from'),
  compare: z
    .array(z.enum(ruleNames))
    .default([])
    .describe('also train by these rules, and check their losses against the least-squares oracle'),
}

/** What is asked of a learning rule, and of what. */
interface Asked {
  readonly learning: {
    readonly rule: string
    readonly nudge?: number | undefined
    readonly sides?: string | undefined
    readonly contrast?: object | undefined
    readonly path?: { readonly dt?: number | undefined; readonly steps?: number | undefined } | undefined
    readonly compare: readonly string[]
  }
  readonly hidden: boolean
  readonly drive: string
  readonly onsite: readonly unknown[]
}

/** The rule that each setting belongs to. */
const owners = {
  nudge: 'nudged-force-matching',
  sides: 'nudged-force-matching',
  contrast: 'contrastive-divergence',
  path: 'reverse-path',
} as const

/** The rules that find the force of one drive only. */
const onlyDrive: Partial<Record<string, string>> = {
  'contrastive-divergence': 'quasi-static',
  'reverse-path': 'reverse',
}
const visibleOnly = ['implicit-score-matching', 'reverse-path']

/** Combinations that can't be used, each with the key of `learning` to mend. */
export function ruleIssues({
  learning,
  hidden,
  drive,
  onsite,
}: Asked): { path: (string | number)[]; message: string }[] {
  const issues: { path: (string | number)[]; message: string }[] = []
  const { rule, compare, path } = learning
  for (const [key, owner] of Object.entries(owners))
    if (learning[key as keyof typeof owners] !== undefined && rule !== owner && !compare.includes(owner))
      issues.push({ path: [key], message: `belongs to the rule ${owner}, and this one is ${rule}; remove it` })
  if (hidden && visibleOnly.includes(rule))
    issues.push({
      path: ['rule'],
      message: `${rule} can't train hidden units (network.hidden); use force-matching, nudged-force-matching or contrastive-divergence`,
    })
  const trained = onlyDrive[rule]
  if (rule === 'contrastive-divergence' && drive === 'reverse' && !onsite.includes('stiffness'))
    issues.push({
      path: ['rule'],
      message:
        'contrastive-divergence learns the quasi-static drive, and driving its network in reverse takes off stiffness: add stiffness to potential.onsite, or use sampling.drive: quasi-static',
    })
  if (rule === 'reverse-path' && trained !== drive)
    issues.push({
      path: ['rule'],
      message: `${rule} finds the force of the ${trained} drive only; use sampling.drive: ${trained}, or another rule`,
    })
  const { dt = 0.05, steps = 8 } = path ?? {}
  if ((steps + 1) * dt > 1)
    issues.push({
      path: ['path', path?.steps === undefined ? 'dt' : 'steps'],
      message: `${steps} steps of ${dt} would begin before the data; expected (steps + 1)·dt of at most 1`,
    })
  if (compare.length > 0 && hidden)
    issues.push({
      path: ['compare'],
      message:
        'rules are compared with least squares, which needs a potential without network.hidden; remove one of them',
    })
  const elsewhere = compare.find((name) => (onlyDrive[name] ?? drive) !== drive)
  if (elsewhere !== undefined && !onsite.includes('stiffness'))
    issues.push({
      path: ['compare'],
      message: `${elsewhere} learns the other drive; losses of both compare only in a potential that holds the trap: add stiffness to potential.onsite`,
    })
  if (new Set(compare).size !== compare.length) issues.push({ path: ['compare'], message: 'each rule may stand once' })
  return issues
}
