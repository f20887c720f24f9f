import type { ParameterObject } from 'openapi3-ts/oas31'
import type { AppContext } from '../context.ts'
import { headerValue } from './header-value.ts'

/**
 * The entity tag (RFC 9110, section 8.8.3) of a representation, from the versions of the rows that it is
 * made of. The first is the one that If-Match protects.
 */
export function entityTag(...versions: number[]): string {
  return `"${versions.join('.')}"`
}

/** Whether the client has this very version already: answer 304 (RFC 9110, section 13.1.2). */
export function isUnchanged(c: AppContext, tag: string): boolean {
  const header = headerValue(c, 'If-None-Match', longest)
  if (!header) return false
  return header.trim() === '*' || tagsOf(header).some((candidate) => candidate.replace(/^W\//, '') === tag)
}

/**
 * The versions that If-Match allows to be changed; undefined when any will do. `parts` is how many versions
 * make up a tag of this resource. Weak tags never match (RFC 9110, section 13.1.1), nor what is no tag of ours.
 */
export function allowedVersions(c: AppContext, parts: number): number[] | undefined {
  const header = headerValue(c, 'If-Match', longest)
  if (header === undefined || header.trim() === '*') return undefined
  const ours = new RegExp(`^"([1-9]\\d{0,8})(?:\\.(?:0|[1-9]\\d{0,8})){${parts - 1}}"$`)
  return tagsOf(header).flatMap((tag) => {
    const version = ours.exec(tag)?.[1]
    return version === undefined ? [] : [Number(version)]
  })
}

/** Characters of a list of entity tags. */
const longest = 4096
/** Whatever a header can hold: what is no list of tags matches nothing. */
const anyText = '^[\\t -~\\u0080-\\u00FF]*$'

/** If-None-Match in the document; read by `isUnchanged`. */
export const ifNoneMatch: ParameterObject = {
  name: 'If-None-Match',
  in: 'header',
  description:
    'Entity tags that the client has already: if one is current the answer is 304, without a body. Written as in ETag, with its quotation marks.',
  schema: { type: 'string', minLength: 0, maxLength: longest, pattern: anyText },
}

/** If-Match in the document; read by `allowedVersions`. */
export const ifMatch: ParameterObject = {
  name: 'If-Match',
  in: 'header',
  description:
    'Entity tag of what the client means to change: if somebody else was quicker the answer is 412. Written as in ETag, with its quotation marks.',
  schema: { type: 'string', minLength: 0, maxLength: longest, pattern: anyText },
}

/** The tags of a header; none if it is not a list of tags. */
function tagsOf(header: string): string[] {
  const tags = header.split(',').map((part) => part.trim())
  return tags.every((tag) => /^(W\/)?"[!#-+\--~]*"$/.test(tag)) ? tags : []
}
