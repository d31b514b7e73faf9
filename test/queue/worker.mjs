import { redisAddress, serveQueue } from 'overdamped'

// A worker whose death is noticed after two seconds: node worker.mjs WORK
const address = redisAddress(undefined, process.env)
const options = { jobs: 1, threads: 1, work: process.argv[2] ?? 'work', lockSeconds: 2, deaths: 20 }
await serveQueue({ address, ...options, onNote: console.error })
