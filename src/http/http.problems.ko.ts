import { problemInKorean as problem } from '../errors/define-problems.ts'
import type { httpProblems } from './http.problems.ts'

export const httpProblemsInKorean: Partial<Record<keyof typeof httpProblems, ReturnType<typeof problem>>> = {
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
  'precondition.failed': problem(
    '전제 조건 불일치',
    'If-Match나 If-None-Match가 말하는 상태가 아닙니다. 다른 사람이 바꾸었을 수 있습니다.',
    '다시 읽고, 바뀐 점을 살핀 뒤, 새 ETag와 함께 변경을 보내세요.',
  ),
}
