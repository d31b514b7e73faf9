// What runs in the page: the gpu backend beside the float64 reference. Everything that comes back is plain data.
import { device } from './device.js'
import { ensembles } from './ensembles.js'
import { forces } from './forces.js'
import { learning } from './learning.js'
import { motion } from './motion.js'
import { noise } from './noise.js'
import { stopping } from './stopping.js'

/** What the test asks the page, by name. */
export const claims = { ...device, ...noise, ...forces, ...motion, ...ensembles, ...stopping, ...learning }
