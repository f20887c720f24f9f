// The checker is part of `gatepost conform`. Tests import it by this name.
export { type Contract, createContract, type Exchange } from '../../packages/conform/src/contract.ts'
