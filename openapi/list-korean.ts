import { korean } from '../src/languages/korean.ts'
import { missingKorean } from './missing-korean.ts'

const missing = await missingKorean(korean)
process.stdout.write(
  missing.length === 0
    ? 'Everything that is said to clients has its Korean.\n'
    : `Without Korean, so said in English to everybody:\n${missing.map((text) => `  ${text}\n`).join('')}` +
        'Problems have it in *.problems.ko.ts, messages in messages.ko.ts, pages in ko.ts.\n',
)
