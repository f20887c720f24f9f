#!/usr/bin/env node
import { conformCommand } from './command.ts'

await conformCommand('gatepost-conform').parseAsync()
