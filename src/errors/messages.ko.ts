/** Messages about single values and single occurrences: the English with the variable part as `$1`, and the Korean. */
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
  [
    /^Must not contain control characters, but line breaks and tabs: it has (U\+[0-9A-F]+)\.$/,
    '줄바꿈과 탭 말고는 제어 문자를 쓸 수 없습니다: $1이(가) 들어 있습니다.',
  ],
  [
    /^Must not contain control characters: it has (U\+[0-9A-F]+)\.$/,
    '제어 문자를 쓸 수 없습니다: $1이(가) 들어 있습니다.',
  ],
  [/^Must not contain control characters\.$/, '제어 문자를 쓸 수 없습니다.'],
  [
    /^Must not contain characters that change the direction of text: it has (U\+[0-9A-F]+)\.$/,
    '글의 방향을 바꾸는 문자를 쓸 수 없습니다: $1이(가) 들어 있습니다.',
  ],
  [
    /^Must consist of letters, marks and digits, .*: it has (U\+[0-9A-F]+)\.$/,
    '글자, 결합 부호, 숫자와 "_", ".", "-"만 쓸 수 있습니다: $1이(가) 들어 있습니다.',
  ],
  [/^Must not begin with a combining mark\.$/, '결합 부호로 시작할 수 없습니다.'],
  [
    /^Must not have the same mark twice on a letter, .*$/,
    '한 글자에 같은 부호를 두 번, 또는 부호를 네 개 넘게 붙일 수 없습니다.',
  ],
  [/^Must not have digits of two scripts\.$/, '두 문자 체계의 숫자를 섞어 쓸 수 없습니다.'],
  [
    /^Must begin and end with a letter where it is written from right to left; .*$/,
    '오른쪽에서 왼쪽으로 쓰는 이름은 글자로 시작하고 글자나 숫자로 끝나야 합니다.',
  ],
  [
    /^Must be in one script; .*$/,
    '한 가지 문자로 써야 합니다. 한국어, 중국어, 일본어에는 로마자를 함께 쓸 수 있습니다.',
  ],
  [
    /^Must have at least 3 characters; 2 are enough where .*$/,
    '3자 이상이어야 합니다. a-z, 0-9, "_", ".", "-" 말고 다른 글자가 있으면 2자도 됩니다.',
  ],
  [
    /^Is reserved for those who run this service\. .*$/,
    '서비스 운영자를 위한 이름입니다. 다른 이름을 고르세요.',
  ],
  [/^Must be an e-mail address\.$/, '이메일 주소여야 합니다.'],
  [
    /^Must be an e-mail address: (U\+[0-9A-F]+) cannot stand before the @\.$/,
    '이메일 주소여야 합니다: $1은(는) @ 앞에 올 수 없습니다.',
  ],
  [
    /^Must be an e-mail address: dots .*$/,
    '이메일 주소여야 합니다: @ 앞의 점은 다른 글자 사이에만 올 수 있습니다.',
  ],
  [
    /^Must be an e-mail address: its domain is none\.$/,
    '이메일 주소여야 합니다: 도메인이 올바르지 않습니다.',
  ],
  [
    /^Must have at most (\d+) bytes in UTF-8 before the @, and (\d+) in all\.$/,
    'UTF-8로 @ 앞은 $1바이트, 전체는 $2바이트 이하여야 합니다.',
  ],
  [
    /^Must not be the username, the e-mail address or .*$/,
    '사용자 이름, 이메일 주소, 서비스 이름에 숫자와 기호만 붙인 비밀번호는 쓸 수 없습니다.',
  ],
  [
    /^Must not be one character repeated or a plain sequence, .*$/,
    '한 글자를 되풀이하거나 abcdefgh, 12345678처럼 차례대로 늘어놓을 수 없습니다.',
  ],
  [/^Is there twice\. Send each field once\.$/, '두 번 들어 있습니다. 항목마다 한 번만 보내세요.'],
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

  [/^Must not contain the same scope twice\.$/, '같은 권한 범위를 두 번 쓸 수 없습니다.'],
  [/^Must be at most (\d+)\.$/, '$1 이하여야 합니다.'],
  [
    /^Must be a subset of the scopes of the token\. .*$/,
    '토큰이 이미 가진 권한 범위여야 합니다. 더 필요하면 새 토큰을 만드세요.',
  ],
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
  [/^The API token has expired\.$/, '만료된 API 토큰입니다.'],
  [/^The account of this API token is disabled\.$/, '이 API 토큰의 계정은 사용이 중지되었습니다.'],
  [
    /^This operation needs a session\. API tokens are refused\.$/,
    '이 기능은 로그인한 세션만 쓸 수 있고 API 토큰으로는 쓸 수 없습니다.',
  ],
  [
    /^This operation needs an API token with the scope (.*)\.$/,
    '이 기능에는 권한 범위 $1을(를) 가진 API 토큰이 필요합니다.',
  ],
  [
    /^Too many unknown API tokens from this address\. Try again in (\d+) \w+\.$/,
    '이 주소에서 알 수 없는 API 토큰이 너무 많이 왔습니다. $1초 뒤에 다시 시도할 수 있습니다.',
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

/** As plain data, since Workers load it as JSON. In each pattern, `.` is any character. */
export const messagesInKorean = rules.map(([{ source }, korean]) => [source, korean] as const)

/** Types of values, by their names in Zod. */
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
