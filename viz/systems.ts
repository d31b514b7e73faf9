/** A published system that a kind of objective is, or is built after. */
interface KnownSystem {
  readonly title: string
  /** authors and where */
  readonly source: string
}

/** The systems by the kind of objective, in the order in which docs/objectives.md has them. */
const systems: Readonly<Record<string, KnownSystem>> = {
  'contrastive-divergence': { title: 'Contrastive divergence, PCD', source: 'Hinton 2002, Tieleman 2008' },
  jarzynski: { title: 'Jarzynski reweighting', source: 'Carbone et al., arXiv:2305.19414' },
  'energy-discrepancy': { title: 'Energy discrepancy', source: 'Schröder et al., arXiv:2412.01019' },
  tap: { title: 'TAP machines', source: 'Gabrié et al., arXiv:1506.02914' },
  diffclf: { title: 'DiffCLF', source: 'OuYang et al., arXiv:2601.21025' },
  boltznce: { title: 'BoltzNCE', source: 'Aggarwal et al., arXiv:2507.00846' },
  falcon: { title: 'Few-step likelihoods', source: 'FALCON, Rehman et al., arXiv:2512.09914' },
  displacement: { title: 'Displacement score', source: 'Sun & Ragni, arXiv:2505.13771' },
  'feynman-kac': { title: 'Feynman–Kac correctors', source: 'Skreta et al., arXiv:2503.02819' },
  'energy-filter': {
    title: 'Energy filter for corrupted pairs',
    source: 'SREM, after the abstract of arXiv:2312.16478',
  },
  imitation: {
    title: 'Contrastive imitation of time series',
    source: 'TimeGCI, after the abstract of arXiv:2311.01388',
  },
  'recovery-likelihood': { title: 'Recovery likelihood, CDRL', source: 'Gao et al., arXiv:2012.08125' },
  'line-integral': { title: 'MCMC by line integrals', source: 'Sjöberg et al., arXiv:2307.14012' },
  'moment-matching': { title: 'Moment-matching denoising', source: 'Zhang et al., arXiv:2305.11650' },
  nce: { title: 'Self-adapting noise contrast', source: 'Xu, arXiv:2211.02650' },
  'fixed-time': { title: 'A computation at a fixed time', source: 'Whitelam, arXiv:2509.15324' },
  continual: { title: 'Continual learning by replay', source: 'GMR, after the abstract of arXiv:2104.09240' },
  'thermodynamic-computer': { title: 'Generative thermodynamic computer', source: 'Whitelam, arXiv:2506.15121' },
}

/** The system that a kind of objective stands for, and its place in the list; a kind of one's own comes last, under its own name. */
export function systemOf(kind: string): KnownSystem & { readonly place: number } {
  // Learned by the slices of a protocol it is the same system.
  const name = kind === 'continual-protocol' ? 'continual' : kind
  const place = Object.keys(systems).indexOf(name)
  return place < 0 ? { title: kind, source: '', place: Number.POSITIVE_INFINITY } : { ...systems[name]!, place }
}
