import { z } from 'zod'
import { roles } from '../../api/roles.ts'
import { textField } from '../../http/text.ts'
import { Status } from '../../posts/posts.schemas.ts'
import { DisplayName, Email, Username } from '../../users/users.schemas.ts'
import { futureMessage, isPast, isStorable } from './past.ts'

// An export consists of a header, then one JSON object per line, then an end line. It contains neither its time nor its
// author, so the same data always give the same bytes.

/** Increases when older versions of Gatepost could no longer read an export. */
export const formatVersion = 1

const Int4 = z.int().positive().max(2_147_483_647)
const Id = z.int().positive()
const Count = z.int().min(0)
const timeMessage = 'Must be a time such as 2026-11-21T09:30:00.000Z.'
const Time = z.iso
  .datetime({ offset: true, error: timeMessage })
  .refine(isStorable, timeMessage)
  .refine(isPast, futureMessage)

/** The first line. */
export const Header = z.strictObject({
  kind: z.literal('gatepost', 'Is not the first line of an export by Gatepost.'),
  format: z.literal(
    formatVersion,
    'Is a format that this version of Gatepost does not know: use a newer one.',
  ),
  users: Count,
  posts: Count,
  revisions: Count,
  comments: Count,
  /** The last ids that were used, even by deleted rows: no id is ever used again. */
  last_post_id: Count,
  last_comment_id: Count,
})
export type Header = z.output<typeof Header>

/** A bcrypt hash with a cost that can be checked within seconds. */
const PasswordHash = z
  .string()
  .regex(/^\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}$/, 'Must be a bcrypt hash of cost 4 to 16.')

// Rules become stricter over time. Texts stored by an older version are moved unchanged, so these schemas have no
// rules.
const StoredTitle = textField({ min: 1, max: 200 })
const StoredBody = textField({ min: 1, max: 100_000 })
const StoredTags = z.array(textField({ min: 1, max: 32 })).max(10)
const StoredEmail = z.union(
  [
    Email,
    z
      .string()
      .max(254)
      .regex(/^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9.-]+$/),
  ],
  {
    error: 'Must be an e-mail address.',
  },
)

const UserRecord = z.strictObject({
  kind: z.literal('user'),
  id: z.uuid(),
  username: Username,
  /** Only if the user has chosen one. */
  name: DisplayName.optional(),
  /** Only for an account from before look-alike names were refused. */
  looks_like_another: z.literal(true).optional(),
  email: StoredEmail,
  role: z.enum(roles),
  disabled_at: Time.nullable(),
  version: Int4,
  created_at: Time,
  updated_at: Time,
  /** Only with the option for password hashes. */
  password_hash: PasswordHash.optional(),
})
export type UserRecord = z.output<typeof UserRecord>

const PostRecord = z
  .strictObject({
    kind: z.literal('post'),
    id: Id,
    author_id: z.uuid(),
    title: StoredTitle,
    body: StoredBody,
    tags: StoredTags,
    status: Status,
    version: Int4,
    created_at: Time,
    updated_at: Time,
    published_at: Time.nullable(),
  })
  .refine(({ status, published_at }) => status === 'draft' || published_at !== null, {
    path: ['published_at'],
    error: 'Must be a time: the post is published.',
  })
export type PostRecord = z.output<typeof PostRecord>

/** Follows its post. */
const RevisionRecord = z.strictObject({
  kind: z.literal('revision'),
  post_id: Id,
  number: Int4,
  title: StoredTitle,
  body: StoredBody,
  tags: StoredTags,
  status: Status,
  written_at: Time,
  replaced_at: Time,
  replaced_by: z.uuid().nullable(),
})
export type RevisionRecord = z.output<typeof RevisionRecord>

const CommentRecord = z.strictObject({
  kind: z.literal('comment'),
  id: Id,
  post_id: Id,
  author_id: z.uuid(),
  body: textField({ min: 1, max: 10_000 }),
  version: Int4,
  created_at: Time,
  updated_at: Time,
})
export type CommentRecord = z.output<typeof CommentRecord>

/** The last line. Without it, a truncated file would look complete. */
const End = z.strictObject({ kind: z.literal('end') })

/** Any line except the first. */
export const MovedRecord = z.discriminatedUnion(
  'kind',
  [UserRecord, PostRecord, RevisionRecord, CommentRecord, End],
  { error: 'Must be an object whose kind is user, post, revision, comment or end.' },
)
export type MovedRecord = z.output<typeof MovedRecord>
