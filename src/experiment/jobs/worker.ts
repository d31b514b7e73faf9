import { parentPort } from 'node:worker_threads'
import { keepPools } from '../../backend/node/pools.js'
import { serveJobs } from '../executor/messages.js'
import { jobKinds } from './kinds.js'

// A thread that does jobs, one after the other; those that compute on threads of their own keep these for the next.
keepPools()
const port = parentPort!
port.on(
  'message',
  serveJobs(jobKinds, (message) => port.postMessage(message)),
)
