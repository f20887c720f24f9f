import type { ParameterObject } from 'openapi3-ts/oas31'
import type { Preconditions } from '../db/preconditions.ts'
import { ApiError } from '../errors/api-error.ts'
import type { HttpContext } from './context.ts'
import { headerValue } from './header-value.ts'

/**
 * The strong entity tag (RFC 9110, section 8.8.3) of a representation, from the versions of its rows. If-Match compares
 * only the first version.
 */
export function entityTag(...versions: number[]): string {
  return `"${versions.join('.')}"`
}

/** The entity tag of another representation of the same versions: fewer fields, or another media type. */
export function variantTag(tag: string, variant: string | undefined): string {
  return variant === undefined ? tag : `${tag.slice(0, -1)}-${variant}"`
}

/**
 * Evaluates the preconditions of GET and HEAD (RFC 9110, section 13.2.2). True if the client already has this version;
 * the response is then 304.
 * @throws ApiError precondition.failed when If-Match does not match
 */
export function isUnchanged(c: HttpContext, tag: string): boolean {
  const required = headerValue(c, 'If-Match', longest)
  if (required !== undefined && !isAny(required) && !tagsOf(required).includes(tag))
    throw new ApiError('precondition.failed')
  const known = headerValue(c, 'If-None-Match', longest)
  if (known === undefined) return false
  return isAny(known) || tagsOf(known).some((candidate) => withoutWeakness(candidate) === tag)
}

/**
 * Reads the preconditions of a change. `parts` is the number of versions in a tag of this resource. If-Match compares
 * the first version, that of the author's text; weak tags and invalid values never match (RFC 9110, section 13.1.1).
 * If-None-Match compares the whole tag, weak ones too (section 13.1.2).
 */
export function preconditionsOf(c: HttpContext, parts: number): Preconditions {
  const [required, known] = [headerValue(c, 'If-Match', longest), headerValue(c, 'If-None-Match', longest)]
  return {
    allowed:
      required === undefined || isAny(required)
        ? undefined
        : tagsOf(required).flatMap((tag) => versionsIn(tag, parts)?.slice(0, 1) ?? []),
    refused:
      known === undefined
        ? undefined
        : isAny(known)
          ? 'any'
          : tagsOf(known).flatMap((tag) => {
              const versions = versionsIn(withoutWeakness(tag), parts)
              return versions ? [versions] : []
            }),
  }
}

/** Whether a row with these versions satisfies the preconditions. */
export function meetsPreconditions(
  { allowed, refused }: Preconditions,
  versions: readonly number[],
): boolean {
  const [version = 0] = versions
  if (refused === 'any' || (allowed && !allowed.includes(version))) return false
  return !refused?.some((tag) => tag.every((part, index) => part === versions[index]))
}

/** For calls without request headers. */
export const noPreconditions: Preconditions = { allowed: undefined, refused: undefined }

/** Maximum length of a list of entity tags. */
const longest = 4096
/** Any text that a header can contain: a value that is not a list of tags is valid but matches nothing. */
const anyText = '^[\\t -~\\u0080-\\u00FF]*$'
const schema = { type: 'string', minLength: 0, maxLength: longest, pattern: anyText } as const

/** The headers of GET and HEAD in the document; `isUnchanged` reads them. */
export const readConditions: ParameterObject[] = [
  {
    name: 'If-None-Match',
    in: 'header',
    description:
      'Entity tags that the client has already: if one is current the answer is 304, without a body. Written as in ETag, with its quotation marks.',
    schema,
  },
  {
    name: 'If-Match',
    in: 'header',
    description:
      'Entity tags of what the client expects: if none is current the answer is 412. Written as in ETag, with its quotation marks.',
    schema,
  },
]

/** The headers of a change in the document; `preconditionsOf` reads them. */
export const writeConditions: ParameterObject[] = [
  {
    name: 'If-Match',
    in: 'header',
    description:
      'Entity tag of what the client means to change: if somebody else was quicker the answer is 412. Written as in ETag, with its quotation marks.',
    schema,
  },
  {
    name: 'If-None-Match',
    in: 'header',
    description:
      'Entity tags of what must not be changed: if one is current the answer is 412; with `*` it always is.',
    schema,
  },
]

function isAny(header: string): boolean {
  return header.trim() === '*'
}

function withoutWeakness(tag: string): string {
  return tag.replace(/^W\//, '')
}

/**
 * One entity tag, which may contain commas, or an empty list element (RFC 9110, sections 5.6.1.2 and 8.8.3). For bytes
 * beyond ASCII, Node returns Latin-1 characters, workerd UTF-8 characters or U+FFFD.
 */
const member = /[ \t]*(?:((?:W\/)?"[!#-~\u0080-\uffff]*")[ \t]*)?(?:,|$)/y

/** The tags in a header; an empty list if the header is not a list of tags. */
function tagsOf(header: string): string[] {
  const tags: string[] = []
  for (let at = 0; at < header.length; at = member.lastIndex) {
    member.lastIndex = at
    const match = member.exec(header)
    if (!match) return []
    if (match[1]) tags.push(match[1])
  }
  return tags
}

/** The versions in an entity tag that `entityTag` made, also with a variant behind them. */
function versionsIn(tag: string, parts: number): number[] | undefined {
  const [, list = ''] = /^"((?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8}))*)(?:-[0-9a-z]+)?"$/.exec(tag) ?? []
  const versions = list.split('.').map(Number)
  return list !== '' && versions.length === parts ? versions : undefined
}
