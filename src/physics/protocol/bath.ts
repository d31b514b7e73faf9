/** The thermal bath: temperature kT (energy) and mobility μ (velocity per force). */
export interface Bath {
  readonly kT: number
  readonly mobility: number
}

/** The bath whose temperature and mobility are the units of energy and of time. */
export const defaultBath: Bath = { kT: 1, mobility: 1 }
