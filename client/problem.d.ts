import type { Problem, ProblemDetails } from './api.generated.ts';
/** Every code that a call can be answered with. */
export type ProblemCode = Problem['code'] | 'client.unexpected_answer';
export type AnyProblem = ProblemDetails & {
    code: ProblemCode;
    status: number;
};
/** A problem as an exception: iterating over pages has no other way to tell. */
export declare class ProblemError extends Error {
    readonly code: ProblemCode;
    readonly problem: AnyProblem;
    constructor(problem: AnyProblem);
}
/** The answer, or a problem in its place if it is none of Gatepost's: a proxy's error page, say. */
export declare function asExpected(request: Request, response: Response): Response;
