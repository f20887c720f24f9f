// Tests in other folders cannot import Wrangler, whose packages are only beside this file (worker/package.json).
export { createTestHarness } from 'wrangler'
