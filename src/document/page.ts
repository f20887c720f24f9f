import { z } from '@hono/zod-openapi'

/** An HTML page as a response in the document. */
export const HtmlPage = z.string().openapi({
  description: 'HTML for people.',
  minLength: 1,
  maxLength: 1_000_000,
  pattern: '^\\s*<[\\s\\S]*$',
  example: '<!doctype html><title>Gatepost</title>',
})
