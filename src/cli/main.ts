#!/usr/bin/env node
import { hideBin } from 'yargs/helpers'
import { watchOutput } from './output.js'
import { overdamped } from './overdamped.js'

watchOutput()
await overdamped(hideBin(process.argv))
