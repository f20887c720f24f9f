import { catalogue } from './problems.generated.ts'

/** Every problem that Gatepost responds with (RFC 9457), by its code. The resources define them: `*.problems.ts`. */
export const problems = catalogue

export type ProblemCode = keyof typeof problems

export const problemCodes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]] // `keys()` loses the literal types of the names
