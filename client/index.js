export { createClient } from './client.js';
export { ProblemError } from './problem.js';
export { inMemory, inStorage } from './session-store.js';
