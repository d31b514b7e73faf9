interface Realm {
  navigator?: { gpu?: unknown }
  /** Node.js has one, and browsers have none */
  process?: object
}

/** An optional package of the user's, so that nobody else downloads its 100 MB; by a name that bundlers do not follow. */
const packageName = 'webgpu'
/** undoes what was put into the realm */
let withdraw: (() => void) | null = null

/**
 * Sees to it that `navigator.gpu` is there, which is where gpu.js looks: a browser's own, else Dawn's from the package
 * `webgpu`, until `withdrawWebGpu`.
 *
 * @throws Error saying what to install
 */
export async function provideWebGpu(): Promise<void> {
  const realm = globalThis as Realm
  if (realm.navigator?.gpu !== undefined) return
  if (realm.process === undefined)
    throw new Error(
      'this engine has no WebGPU, which browsers have on secure pages where they support the graphics card',
    )
  const gpu = await createFromPackage()
  const { navigator } = realm
  const [place, name, value] = navigator === undefined ? [realm, 'navigator', { gpu }] : [navigator, 'gpu', gpu]
  Object.defineProperty(place, name, { value, configurable: true })
  withdraw = () => Reflect.deleteProperty(place, name)
}

/** Takes back what `provideWebGpu` put there. */
export function withdrawWebGpu(): void {
  withdraw?.()
  withdraw = null
}

async function createFromPackage(): Promise<unknown> {
  const remedy = 'In Node.js install the package webgpu, version 0.6 or later'
  let loaded: { create?: (options: string[]) => unknown }
  try {
    loaded = await import(packageName)
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    if (code === 'ERR_MODULE_NOT_FOUND') throw new Error(`this engine has no WebGPU. ${remedy}`)
    throw new Error(`the package webgpu does not load (${message.split('\n')[0]}). ${remedy}`)
  }
  if (loaded.create === undefined) throw new Error(`this engine has no WebGPU. ${remedy}`)
  return loaded.create([])
}
