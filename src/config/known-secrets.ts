/**
 * Beginnings, in lower case, of secrets and private keys that are published in documentation. Attackers try them first,
 * and no random secret begins like this by chance.
 */
export const publishedSecrets: readonly string[] = [
  'upnvntn3cdxh', // Supabase
  '09d25e094faa', // FastAPI
  '192b9bdd22ab', // Flask
  'reallyreallyreally', // PostgREST
  '3ek6fd+o0+c7', // Hasura
  '255d861b-5ea1', // Directus; so is the next one
  '6116487b-cda1',
  '404e63526655', // tutorials for Spring; so are the next two
  '5367566b5970',
  '9a4f2c8d3b7a',
  'aym1sysppbyd', // RFC 7515; so are the next two
  'jpsqnngqml-y',
  'eq5xpgnncivd',
  'hjtxiz2usn5k', // RFC 7520
  '870mb6gfutj4', // RFC 7517
  'nwgxne_9wmc6', // RFC 8037
  'evzzl1gdafr8', // jwt.io
  'd41d8cd98f00', // MD5 and SHA-256 of the empty text, "password" and "secret"
  'e3b0c44298fc',
  '5f4dcc3b5aa7',
  '5e884898da28',
  '5ebe2294ecd0',
  '2bb80d537b1d',
  '123e4567-e89b', // UUIDs from RFCs and manuals
  'f81d4fae-7dec',
  'f47ac10b-58cc',
]

/** The words of example secrets, and the most common English words between them. */
export const commonWords: readonly string[] = (
  'a able about access account actual add admin administrator after again all also always an and any api ' +
  'app application are as asdf at auth authentication authorization aws azerty backend base64 battery baz ' +
  'be because before best big bit bits but by byte bytes cafe cafebabe can change changed changeit ' +
  'changeme changethis char character characters chars client code company config configuration cookie ' +
  'correct crypto custom data database dead deadbeef default demo dev develop developer development django ' +
  'do done dont dummy encrypt encryption enough enter env environment exactly example fake false fastapi ' +
  'few file fixme flask for from frontend gate gatepost generate generated get github google guessable has ' +
  'hash have hello here hex hide hmac hono horse hs256 hs384 hs512 i if iloveyou in insecure insert is it ' +
  'its json jwt key keys lazy jumps brown quick least length letmein local localhost login long longer make master me min minimum ' +
  'minutes more most must my name need needs never new next no node nodejs not number of on one only ' +
  'openssl or other our out over pass passphrase passwd password pepper placeholder please plus post ' +
  'postgres private prod production project public put qwerty rand random react real really refresh ' +
  'replace replaced required root safe salt same sample sec second secret secrets secure secured security ' +
  'server service session set sha256 should sign signature signing six so some staging staple start string ' +
  'strong supabase super temp test tester that the their them then there they this three time to ' +
  'tobemodified todo token tokens too top true two ultra unguessable unknown unsafe up update use used ' +
  'user username using value variable very web webtoken welcome well with without world write you your ' +
  'yours'
).split(' ')
