import MarkdownItClass, { type MarkdownIt, type StateBlock, type StateInline, type Token } from 'markdown-it'
import { TooMuchWork } from '../parts/work.ts'
import type { MarkdownEnv } from './markdown-env.ts'
import { renderRules } from './markdown-rules.ts'

/**
 * Texts with deeper nesting are not shown as Markdown. markdown-it silently drops what is deeper than its `maxNesting`.
 */
const maxDepth = 80
const maxNesting = 100

/** The addresses that links may have: of the web, of mail and of this site. Other links stay as text. */
const linkable = /^(?:https?:\/\/|mailto:|\/(?![/\\])|#)/i

/** Makes a parser for Markdown without HTML. It counts its work and can pause between two blocks. */
export function createParser({ linkify }: { linkify: boolean }): MarkdownIt {
  const md = new MarkdownItClass({ linkify, maxNesting })
  md.linkify.set({ fuzzyLink: false }).add('ftp:', null).add('//', null).add('www.', www)
  md.validateLink = (address) => linkable.test(address)
  // The caller runs these rules once for the text, the other rules for one block at a time.
  md.core.ruler.disable(['normalize', 'block', 'strip_references'])
  const alt = ['paragraph', 'reference', 'blockquote', 'list']
  md.block.ruler.before('table', 'work', countBlock, { alt })
  md.inline.ruler.before('text', 'work', countInline)
  Object.assign(md.renderer.rules, renderRules)
  return md
}

/** `www.` begins an address without a scheme (GFM, section 6.9). */
const www: NonNullable<Parameters<MarkdownIt['linkify']['add']>[1]> = {
  validate: (text, position, linkify) => {
    const found = linkify.testSchemaAt(`//www.${text.slice(position, position + 2000)}`, 'http:', 0)
    return Math.max(0, found - '//www.'.length)
  },
  normalize: (match) => {
    match.url = `http://${match.url}`
  },
}

/** Runs before all other rules at each line that may begin a block. */
function countBlock(state: StateBlock, startLine: number, endLine: number, isSilent: boolean): boolean {
  const env = state.env as MarkdownEnv
  const isBetweenBlocks = state.level === 0 && !isSilent
  if (isBetweenBlocks && env.work.isPauseDue) {
    env.nextLine = startLine
    state.line = endLine
    return true
  }
  env.work.count(1 + state.tokens.length - env.counted + (isSilent ? 0 : cells(state, startLine)))
  env.counted = state.tokens.length
  if (state.level > maxDepth) throw new TooMuchWork()
  return false
}

/** The number of tokens for the header of a wide table, which are made all at once; 0 for other lines. */
function cells({ src, bMarks, eMarks }: StateBlock, line: number): number {
  const [start = 0, end = 0] = [bMarks[line], eMarks[line]]
  return end - start > 1000 ? 3 * (src.slice(start, end).split('|').length - 1) : 0
}

/** Runs before all other rules at each character that may begin an inline element. */
function countInline(state: StateInline, isSilent: boolean): boolean {
  const env = state.env as MarkdownEnv
  env.work.count(isSilent ? 1 : delimiters(state))
  if (state.level > maxDepth) throw new TooMuchWork()
  return false
}

/** The number of emphasis delimiters at this position, each of which becomes a token; 1 if there are none. */
function delimiters({ src, pos }: StateInline): number {
  const marker = src[pos] ?? ''
  let end = pos + 1
  if ('*_~'.includes(marker)) while (src[end] === marker) end++
  return end - pos
}

/** Parses the blocks of a text, without their inline content. @throws TooMuchWork */
export async function parseBlocks(md: MarkdownIt, source: string, env: MarkdownEnv): Promise<Token[]> {
  const tokens: Token[] = []
  const state = new md.block.State(source, md, env, tokens)
  env.nextLine = 0
  while (env.nextLine !== undefined) {
    const line = env.nextLine
    env.nextLine = undefined
    md.block.tokenize(state, line, state.lineMax)
    if (env.nextLine !== undefined) await env.work.pause()
  }
  return tokens
}

/** Parses the content of one paragraph, heading or cell. @throws TooMuchWork */
export function parseInline(md: MarkdownIt, token: Token, env: MarkdownEnv): void {
  const state = new md.core.State('', md, env)
  state.tokens = [token]
  md.core.process(state)
}
