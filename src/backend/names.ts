/** Names of backends that a user can ask for, fastest first. */
export const backendNames = ['native', 'wasm', 'reference', 'gpu'] as const
/** A backend by its name. */
export type BackendName = (typeof backendNames)[number]
