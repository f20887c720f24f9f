import type { ProblemCode } from './problems.ts'

interface Wording {
  title: string
  detail: string
  advice: string
}

const problem = (title: string, detail: string, advice: string): Wording => ({ title, detail, advice })

/** The problems in Korean. */
export const problemsInKorean: Record<ProblemCode, Wording> = {
  'request.malformed': problem(
    '잘못된 요청',
    '요청을 읽을 수 없습니다.',
    '주소와 헤더를 확인하세요. 퍼센트 인코딩은 올바른 UTF-8이어야 하고 Host 헤더는 호스트 이름이어야 합니다.',
  ),
  'request.malformed_json': problem(
    '잘못된 JSON',
    '본문이 UTF-8로 된 올바른 JSON이 아닙니다.',
    'UTF-8로 된 JSON 값 하나를 보내세요. 직접 이어 붙인 문자열보다 JSON 라이브러리를 쓰는 것이 안전합니다.',
  ),
  'request.body_missing': problem(
    '본문 없음',
    '이 기능에는 JSON 본문이 필요한데 요청에 본문이 없습니다.',
    '문서에 나온 본문을 Content-Type: application/json과 함께 보내세요.',
  ),
  'request.timeout': problem(
    '요청 시간 초과',
    '요청이 제시간에 도착하지 않았습니다.',
    '요청을 다시 보내세요. 자주 일어나면 연결 상태를 확인하세요.',
  ),
  'request.not_acceptable': problem(
    '제공할 수 없는 형식',
    'Accept 헤더의 미디어 타입으로는 응답을 만들 수 없습니다.',
    '이 기능의 문서에 있는 미디어 타입을 요청하거나 Accept를 빼세요.',
  ),
  'request.too_large': problem(
    '너무 큰 본문',
    '본문이 이 서버가 받는 크기보다 큽니다.',
    '더 작게 보내세요. 서버 운영자는 BODY_LIMIT을 올릴 수 있습니다.',
  ),
  'request.headers_too_large': problem(
    '너무 큰 헤더',
    '요청의 헤더가 16 KiB를 넘거나 100개를 넘습니다.',
    '헤더를 더 적고 짧게 보내세요. 보통 큰 쿠키 때문에 일어납니다.',
  ),
  'request.unsupported_media_type': problem(
    '지원하지 않는 미디어 타입',
    '본문은 JSON이어야 합니다.',
    'Content-Type: application/json, UTF-8로, Content-Encoding 없이 보내세요.',
  ),
  'request.invalid': problem(
    '올바르지 않은 요청',
    '요청은 읽을 수 있지만 허용되지 않는 값이 있습니다.',
    'errors를 보세요. 값의 위치(JSON 포인터나 이름)와 무엇이 잘못되었는지 알려 줍니다.',
  ),
  'request.too_many': problem(
    '너무 많은 요청',
    '같은 주소에서 이런 요청이 너무 많이 왔습니다.',
    'Retry-After의 초가 지난 뒤 다시 시도하세요. 몇 번 남았는지는 RateLimit이 미리 알려 줍니다.',
  ),
  'route.not_found': problem(
    '없는 주소',
    '이 주소에는 아무것도 없습니다.',
    '/docs나 /openapi.json에서 주소를 찾아보세요.',
  ),
  'route.method_not_allowed': problem(
    '허용되지 않는 메서드',
    '이 주소는 이 메서드에 응답하지 않습니다.',
    'Allow 헤더에 있는 메서드를 쓰세요.',
  ),
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
  'users.not_found': problem(
    '없는 사용자',
    '이 id를 가진 사용자가 없습니다.',
    'GET /users로 사용자를 찾아보세요.',
  ),
  'users.username_taken': problem(
    '이미 쓰이는 사용자 이름',
    '다른 계정이 이 사용자 이름이나 비슷해 보이는 이름을 쓰고 있습니다.',
    '다른 이름을 고르세요. 대문자와 소문자는 구별하지 않으며, ada1과 adal처럼 비슷해 보이는 이름은 함께 쓸 수 없습니다.',
  ),
  'users.email_taken': problem(
    '이미 쓰이는 이메일 주소',
    '다른 계정이 이 이메일 주소를 쓰고 있습니다.',
    '그 계정으로 로그인하거나 다른 이메일 주소를 쓰세요.',
  ),
  'users.last_admin': problem(
    '마지막 관리자',
    '로그인할 수 있는 유일한 관리자입니다.',
    '먼저 다른 계정을 관리자로 만드세요.',
  ),
  'sessions.not_found': problem(
    '없는 세션',
    '이 id를 가진 열린 세션이 없습니다.',
    'GET /auth/sessions로 세션을 찾아보세요.',
  ),
  'posts.not_found': problem(
    '없는 글',
    '이 id를 가진 글이 없습니다.',
    'GET /posts로 글을 찾아보세요. 초안은 글쓴이와 관리자만 볼 수 있습니다.',
  ),
  'revisions.not_found': problem(
    '없는 버전',
    '글에 이 번호의 이전 버전이 없습니다.',
    'GET /posts/{id}/revisions로 이전 버전을 찾아보세요.',
  ),
  'comments.not_found': problem(
    '없는 댓글',
    '글에 이 id를 가진 댓글이 없습니다.',
    'GET /posts/{id}/comments로 댓글을 찾아보세요.',
  ),
  'idempotency.key_reused': problem(
    '다른 요청에 쓰인 Idempotency-Key',
    '이 Idempotency-Key를 쓴 앞선 요청은 이 요청과 달랐습니다.',
    '새 요청마다 새 키를 쓰고, 똑같은 요청을 되풀이할 때만 같은 키를 쓰세요.',
  ),
  'precondition.failed': problem(
    '그사이 바뀜',
    'If-Match가 말하는 상태가 더는 아닙니다. 다른 사람이 바꾸었습니다.',
    '다시 읽고, 바뀐 점을 살핀 뒤, 새 ETag와 함께 변경을 보내세요.',
  ),
  'problems.not_found': problem(
    '없는 오류 코드',
    '이 코드를 가진 오류가 없습니다.',
    '모든 오류는 /problems에 있습니다.',
  ),
  'service.overloaded': problem(
    '바쁨',
    '서버가 제시간에 끝낼 수 있는 것보다 할 일이 많습니다.',
    'Retry-After의 초가 지난 뒤 다시 시도하세요.',
  ),
  'service.unavailable': problem(
    '일시적으로 사용할 수 없음',
    '지금은 데이터베이스가 응답하지 못합니다.',
    'Retry-After의 초가 지난 뒤 다시 시도하세요. 사라진 것은 없습니다.',
  ),
  'service.misconfigured': problem(
    '설정되지 않음',
    '서버의 설정이 아직 올바르지 않습니다. 무엇이 왜 그런지는 서버의 로그에 있습니다.',
    '서버 운영자에게 알리세요. request_id로 로그의 줄을 찾을 수 있습니다.',
  ),
  'service.stopping': problem(
    '곧 멈춤',
    '이 서버는 곧 멈추며 시작한 일을 마무리하고 있습니다.',
    '새 요청은 다른 서버로 보내거나 Retry-After의 초가 지난 뒤 다시 시도하세요.',
  ),
  'service.failure': problem(
    '내부 오류',
    '서버에서 문제가 생겼습니다. 요청 id와 함께 기록되었습니다.',
    '서버의 결함입니다. request_id와 함께 알려 주세요.',
  ),
}
