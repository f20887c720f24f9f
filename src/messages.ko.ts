/** What is said of single values and single occurrences: the English, of which `$1` is a part, and the Korean. */
const rules: readonly [english: RegExp, korean: string][] = [
  [/^Is required\.$/, '필수 항목입니다.'],
  [/^There is no such field\. Check the spelling\.$/, '없는 항목입니다. 철자를 확인하세요.'],
  [/^Must not be blank\.$/, '비워 둘 수 없습니다.'],
  [/^Must have at most (\d+) characters\.$/, '$1자 이하여야 합니다.'],
  [/^Must have at least (\d+) characters\.$/, '$1자 이상이어야 합니다.'],
  [
    /^Must have at most (\d+) characters in Unicode’s form NFC\.$/,
    '유니코드 NFC 형식으로 $1자 이하여야 합니다.',
  ],
  [/^Must have at most 72 bytes in UTF-8\.$/, 'UTF-8로 72바이트 이하여야 합니다.'],
  [/^Must not contain the character NUL\.$/, 'NUL 문자를 쓸 수 없습니다.'],
  [/^Must be well-formed Unicode: .*$/, '올바른 유니코드여야 합니다. 서로게이트 쌍의 반쪽이 들어 있습니다.'],
  [/^Must not have more than 30 combining marks in a row\.$/, '결합 문자를 30개 넘게 이어 쓸 수 없습니다.'],
  [/^Must have 3 to 32 characters out of (.+)\.$/, 'a-z, 0-9, "_", ".", "-"로 3~32자여야 합니다.'],
  [/^Must be an e-mail address\.$/, '이메일 주소여야 합니다.'],
  [/^Must not be the username or e-mail\.$/, '사용자 이름이나 이메일 주소와 같을 수 없습니다.'],
  [/^Is one of the passwords that attackers try first\.$/, '공격자가 가장 먼저 시도하는 비밀번호입니다.'],
  [/^Must have 1 to 255 visible ASCII characters\.$/, '보이는 ASCII 문자 1~255자여야 합니다.'],
  [/^This operation has no query parameters\.$/, '이 기능에는 쿼리 매개변수가 없습니다.'],
  [
    /^Is not a cursor of this list with these filters\. .*$/,
    '이 필터를 쓴 이 목록의 커서가 아닙니다. 커서 없이 다시 시작하세요.',
  ],
  [/^Must lie in the years 1 to 9999, in UTC\.$/, 'UTC로 1년부터 9999년 사이의 시각이어야 합니다.'],
  [/^Needs q: .*$/, 'q가 필요합니다. 검색어가 없으면 관련도를 정할 수 없습니다.'],
  [/^Names no field\.$/, '항목의 이름이 없습니다.'],
  [/^Cannot be read\.$/, '읽을 수 없습니다.'],
  [/^Cannot be read from (".*") on\.$/s, '$1부터 읽을 수 없습니다.'],
  [/^There is no field (".*")\. Possible: (.*)\.$/s, '$1 항목은 없습니다. 가능한 항목: $2.'],
  [/^The field (".*") has no fields of its own\.$/s, '$1 항목에는 하위 항목이 없습니다.'],

  [/^Invalid option: expected (?:one of )?(.*)$/s, '다음 가운데 하나여야 합니다: $1'],
  [/^Too (?:small|big): expected number to be ([<>]=?)(.*)$/, '$1 $2인 수여야 합니다.'],
  [
    /^Too (?:small|big): expected (?:string|array) to have ([<>]=?)(\d+) (?:characters|items)$/,
    '길이가 $1 $2이어야 합니다.',
  ],
  [/^Invalid ISO datetime$/, 'RFC 3339 형식의 시각이어야 합니다.'],
  [/^Invalid (?:GUID|UUID)$/, 'UUID여야 합니다.'],
  [/^Invalid string: must match pattern (.*)$/, '$1 형식이어야 합니다.'],
  [/^Invalid input$/, '올바르지 않은 값입니다.'],

  [/^One value is not allowed: (.*)\.$/s, '허용되지 않는 값이 하나 있습니다: $1.'],
  [/^(\d+) values are not allowed: (.*)\.$/s, '허용되지 않는 값이 $1개 있습니다: $2.'],
  [
    /^Too many tries\. The next is possible in (\d+) \w+\.$/,
    '너무 여러 번 시도했습니다. $1초 뒤에 다시 시도할 수 있습니다.',
  ],
  [/^The account of this token is gone\.$/, '이 토큰의 계정은 없어졌습니다.'],
  [/^There is no user (.*)\.$/, '사용자 $1이(가) 없습니다.'],
  [
    /^The percent-encoding in the address is not valid UTF-8\.$/,
    '주소의 퍼센트 인코딩이 올바른 UTF-8이 아닙니다.',
  ],
  [
    /^This operation produces (.*), which the Accept header does not allow\.$/,
    '이 기능은 $1 형식으로 응답하는데 Accept 헤더가 허용하지 않습니다.',
  ],
  [/^The body is not UTF-8\.$/, '본문이 UTF-8이 아닙니다.'],
  [/^The body broke off before its end\.$/, '본문이 끝나기 전에 끊겼습니다.'],
  [
    /^The body is larger than the (\d+) bytes that are accepted\.$/,
    '본문이 받을 수 있는 $1바이트보다 큽니다.',
  ],
  [/^Check failed: the database takes no writes\.$/, '점검 실패: 데이터베이스에 쓸 수 없습니다.'],
  [
    /^Check failed: the tables are older than this version\. Run gatepost migrate\.$/,
    '점검 실패: 테이블이 이 버전보다 오래되었습니다. gatepost migrate를 실행하세요.',
  ],
  [/^This server has no metrics\.$/, '이 서버에는 메트릭이 없습니다.'],
  [
    /^Metrics are not shown: METRICS_TOKEN is not set on this server\.$/,
    '메트릭을 보여 주지 않습니다. 이 서버에 METRICS_TOKEN이 설정되어 있지 않습니다.',
  ],
  [/^This operation needs the token for metrics\.$/, '이 기능에는 메트릭용 토큰이 필요합니다.'],
  [/^This is not the token for metrics\.$/, '메트릭용 토큰이 아닙니다.'],
  [
    /^There is no security\.txt: SECURITY_CONTACT is not set on this server\.$/,
    'security.txt가 없습니다. 이 서버에 SECURITY_CONTACT가 설정되어 있지 않습니다.',
  ],
  [/^Check failed: the database does not answer\.$/, '점검 실패: 데이터베이스가 응답하지 않습니다.'],
]

/** As plain data: Workers have it as JSON. In each pattern `.` is any character. */
export const messagesInKorean = rules.map(([{ source }, korean]) => [source, korean] as const)

/** Types of values, as Zod calls them. */
export const typesInKorean: Record<string, string> = {
  string: '문자열',
  number: '수',
  int: '정수',
  boolean: '참/거짓',
  array: '목록',
  object: '객체',
  null: 'null',
  undefined: '없음',
}
