// Wrangler has packages of its own beside this file (worker/package.json), and tests elsewhere could not import it.
export { createTestHarness } from 'wrangler'
