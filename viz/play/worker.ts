import { createGpu } from '../../src/backend/gpu/gpu.js'
import { serve } from '../../src/play/serve.js'
import { portToPage } from './port.js'

/** gpu.js, on pages that bring it. */
declare const gpujs: object | undefined

serve(portToPage(), gpujs === undefined ? undefined : createGpu)
