import { test } from 'vitest'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { expectContinuum } from '../far-from-origin.js'

test('1,000 random harmonic schedules: every backend agrees with the continuum or says why not', async () => {
  const backends = [createThreadedWasm(1), createReference()]
  await expectContinuum(backends, 1000)
  for (const backend of backends) await backend.close()
})
