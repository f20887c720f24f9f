import { skeletonOf } from './skeleton.ts'
import { canonicalUsername } from './usernames.ts'

/** Names that people would attribute to the staff of a service, or that have a meaning for programs. */
const reserved = `
admin administrator sysadmin sysop root superuser system staff team official gatepost
support help helpdesk service customerservice info billing payments security abuse postmaster hostmaster webmaster
moderator moderation mod operator noreply mailer-daemon daemon nobody anonymous everyone undefined null
api www web mail email smtp ftp ssh login logout signin signup register
관리자 운영자 운영진 운영팀 시스템 고객센터 고객지원 지원팀 공식 관리팀 어드민 게스트 管理者 管理员 管理員 運営 客服 系统 系統 官方 サポート
админ администратор модератор поддержка administrador soporte moderador administrateur modérateur مدير المدير مشرف
`
  .trim()
  .split(/\s+/)

/**
 * A coarser form than `skeletonOf`, since impostors also use adm1n, _admin_ and s.u.p.p.o.r.t. A name with digits at
 * the end, such as admin2, does not look official and stays available.
 */
function coarseForms(name: string): string {
  return skeletonOf(name.replaceAll(/[_.-]/g, '')).replaceAll('i', 'l')
}

let known: ReadonlySet<string> | undefined

/** Whether only an admin may give this username; `more` are the names of RESERVED_USERNAMES. */
export function isReserved(username: string, more: readonly string[]): boolean {
  known ??= new Set(reserved.map(coarseForms))
  const coarseForm = coarseForms(username)
  return known.has(coarseForm) || more.some((name) => coarseForms(canonicalUsername(name)) === coarseForm)
}
