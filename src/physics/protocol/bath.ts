/** The thermal bath: temperature kT (energy) and mobility μ (velocity per force). */
export interface Bath {
  readonly kT: number
  readonly mobility: number
}
