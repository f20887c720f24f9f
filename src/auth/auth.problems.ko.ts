import { problemInKorean as problem } from '../errors/define-problems.ts'
import type { authProblems } from './auth.problems.ts'

export const authProblemsInKorean: Partial<Record<keyof typeof authProblems, ReturnType<typeof problem>>> = {
  'auth.token_missing': problem(
    '액세스 토큰 없음',
    '이 기능에는 액세스 토큰이 필요합니다.',
    'POST /auth/token으로 로그인하고 액세스 토큰을 Authorization 헤더(그대로, 또는 "Bearer " 뒤에)나 x-access-token 헤더로 보내세요.',
  ),
  'auth.token_invalid': problem(
    '올바르지 않은 액세스 토큰',
    '이 서버가 발급하지 않았거나 변경된 액세스 토큰입니다.',
    'POST /auth/token으로 다시 로그인하고 액세스 토큰을 받은 그대로 보내세요.',
  ),
  'auth.token_expired': problem(
    '만료된 액세스 토큰',
    '액세스 토큰이 만료되었습니다.',
    'POST /auth/token으로 다시 로그인하세요.',
  ),
  'auth.bad_credentials': problem(
    '잘못된 사용자 이름 또는 비밀번호',
    '이 사용자 이름이나 이메일 주소와 이 비밀번호를 가진 계정이 없습니다.',
    '둘 다 확인하세요. 누가 계정을 가졌는지 알 수 없도록 둘을 구별해 알려 주지 않습니다.',
  ),
  'auth.too_many_attempts': problem(
    '너무 많은 실패',
    '비밀번호가 너무 여러 번 틀렸습니다. 이번 것은 확인하지 않았습니다.',
    'Retry-After의 초가 지난 뒤 다시 시도하거나 다른 주소에서 로그인하세요. 몇 번 남았는지는 RateLimit이 미리 알려 줍니다.',
  ),
  'auth.credentials_missing': problem(
    '로그인 정보 없음',
    '요청에 사용자 이름과 비밀번호가 든 본문도, HTTP Basic 로그인 정보도 없습니다.',
    '{"username": …, "password": …}를 JSON으로 보내거나, 본문 없이 HTTP Basic으로 보내세요.',
  ),
  'auth.two_credentials': problem(
    '두 개의 인증 정보',
    '요청에 인증 정보가 둘 이상 있습니다.',
    '인증 정보를 하나만 보내세요. 누가 요청하는지 분명해야 합니다.',
  ),
  'auth.session_revoked': problem(
    '종료된 세션',
    '이 토큰의 세션이 끝났습니다. 로그아웃, 새 비밀번호, 관리자, 또는 두 번 쓰인 토큰 때문입니다.',
    'POST /auth/token으로 다시 로그인하세요.',
  ),
  'auth.refresh_invalid': problem(
    '올바르지 않은 갱신 토큰',
    '이 서버가 발급하지 않았거나 변경된 갱신 토큰입니다.',
    'refresh_token을 받은 그대로 보내거나 POST /auth/token으로 다시 로그인하세요.',
  ),
  'auth.refresh_missing': problem(
    '갱신 토큰 없음',
    '요청에 refresh_token이 든 본문도, 갱신 쿠키도 없습니다.',
    '{"refresh_token": …}을 JSON으로 보내세요.',
  ),
  'auth.refresh_expired': problem(
    '만료된 갱신 토큰',
    '갱신 토큰을 너무 오래 쓰지 않았거나 세션의 최대 수명이 지났습니다.',
    'POST /auth/token으로 다시 로그인하세요.',
  ),
  'auth.refresh_reused': problem(
    '다시 쓰인 갱신 토큰',
    '이미 교체된 갱신 토큰입니다. 누군가 복사본을 가지고 있으므로 세션을 종료했습니다.',
    'POST /auth/token으로 다시 로그인하고, 새 갱신 토큰을 받을 때마다 이전 것을 바꾸세요.',
  ),
  'auth.wrong_password': problem(
    '잘못된 비밀번호',
    '계정의 비밀번호가 아닙니다.',
    '다시 입력하세요. 잊었다면 관리자에게 새 비밀번호를 요청하세요.',
  ),
  'auth.fresh_login_needed': problem(
    '최근 로그인 필요',
    '이 변경에는 최근 로그인이나 요청에 담긴 비밀번호가 필요합니다.',
    'current_password를 함께 보내거나, 다시 로그인한 뒤 새 토큰으로 요청을 되풀이하세요.',
  ),
  'auth.cross_site': problem(
    '다른 사이트의 요청',
    '쿠키가 있지만 이 사이트의 페이지가 보냈다는 증거(Sec-Fetch-Site나 Origin)가 없는 요청입니다.',
    '이 사이트나 CORS_ORIGINS의 페이지에서 보내거나, 쿠키 대신 헤더에 토큰을 넣으세요.',
  ),
  'auth.forbidden': problem(
    '허용되지 않음',
    '로그인했지만 이 일을 할 권한이 없습니다.',
    '글은 글쓴이와 관리자만 바꿀 수 있습니다. 권한이 있어야 한다면 관리자에게 문의하세요.',
  ),
  'sessions.not_found': problem(
    '없는 세션',
    '이 id를 가진 열린 세션이 없습니다.',
    'GET /auth/sessions로 세션을 찾아보세요.',
  ),
}
