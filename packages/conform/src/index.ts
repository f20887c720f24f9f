// The exports of @gatepost/conform.

export { CannotRun, type ConformOptions, conform } from './conform.ts'
export { type Contract, createContract, type Exchange } from './contract.ts'
export { reportText } from './print.ts'
export { isConforming, type Report } from './report.ts'
