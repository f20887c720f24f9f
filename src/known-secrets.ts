/**
 * Secrets and parts of secrets that stand in public documentation, in lower case. Attackers try them first, so a
 * secret is worth no more than what it has besides them.
 */
export const publishedSecrets: readonly string[] = [
  'your-256-bit-secret', // jwt.io, as the next three
  'a-string-secret-at-least-256-bits-long',
  'a-valid-string-secret-that-is-at-least-384-bits-long',
  'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
  'super-secret-jwt-token-with-at-least-32-characters-long', // Supabase, as the next two
  'upnvntn3cdxhjpq99ymc1t1aqgqpc8kfyturgbiya15blrx8etqoxz3gzv1/u2oq',
  'your-encryption-key-32-chars-min',
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7', // FastAPI
  '192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf', // Flask
  'django-insecure-', // what Django writes before the keys that it makes for development
  'this is an example', // NextAuth.js
  'reallyreallyreallyreallyverysafe', // PostgREST
  '3ek6fd+o0+c7tzbnvfjpmkndi2yaraakzqlk8o2ikoxqu4nf7edah8s3twphrwdwt6r', // Hasura
  '255d861b-5ea1-5996-9aa3-922530ec40b1', // Directus, as the next
  '6116487b-cda1-52c2-b5b5-c8022c45e263',
  '404e635266556a586e3272357538782f413f4428472b4b6250645367566b5970', // tutorials for Spring, as the next two
  '5367566b59703373367639792f423f4528482b4d6251655468576d5a71347437',
  '9a4f2c8d3b7a1e6f45c8a0b3f267d8b1d4e6f3c8a9d2b5f8e3a9c8b5f6v8a3d9',
  'aym1sysppbydfgzld3umj1qzkobwvmkoqq-estjqlr_t-1qs0gzh75aktmn3yj0ips4hcguutwjazzr1z9caow', // RFC 7515
  'hjtxiz2usn5kbqfbttnwbpdmhkv8fjg-onbc6mxccyg', // RFC 7520
  'nwgxne_9wmc6her0kuwsxerjxwl7mmkzcdusaxyuf2a', // private keys: RFC 8037, RFC 7515, RFC 7517, jwt.io
  'jpsqnngqml-ybiffh1136cspyg6-0iy7x1fce9-e9li',
  '870mb6gfutj4htunuvymyjpr5euznp4bk43bvdj3eae',
  'evzzl1gdafr88hb2of_2nxapjczgceddfsp6vqo30hw',
  'd41d8cd98f00b204e9800998ecf8427e', // MD5 and SHA-256 of nothing
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '5f4dcc3b5aa765d61d8327deb882cf99', // the same of "password" and "secret"
  '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8',
  '5ebe2294ecd0e0f08eab7690d2a6ee69',
  '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b',
  '123e4567-e89b-12d3-a456-426614174000', // UUIDs of RFCs and manuals
  'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
  'f47ac10b-58cc-4372-a567-0e02b2c3d479',
]

/** Words that examples of secrets are made of, and the commonest words of English between them. */
export const commonWords: readonly string[] = (
  'a able about access account actual add admin adminadmin administrator after again all also always an and any api ' +
  'app application are as asdf at auth authentication authorization aws backend bar base64 baz be because before best ' +
  'big bit bits but by byte bytes cafe cafebabe can change changed changeit changeme changethis char character ' +
  'characters chars client code company complex config configuration cookie correct crypto cryptographic custom data ' +
  'database dead deadbeef default define demo dev develop developer development django do docker does done dont dummy ' +
  'edit encoded encrypt encryption enough enter env environment example exactly express fake false fastapi few file fill ' +
  'first fixme flask foo foobar for from frontend gatepost gate post generate generated get github go good google guess ' +
  'guessable hard has hash have hello here hex hide hmac hono horse battery staple how hs256 hs384 hs512 iloveyou i if ' +
  'important in insecure insert internal into is issuer it its jsonwebtoken json jwt jwtsecret kept keep key keys know ' +
  'laravel least length less letmein like local localhost login long longer look make master me min minimum minutes ' +
  'mock more most must my mysecret name need needs never new next nextauth no nobody node nodejs not now null number of ' +
  'on one only openssl or other our out over owner paste pass passphrase password passwd pepper phrase placeholder please plus ' +
  'postgres private prod production project public put quite rails rand random react real really refresh replace replaced ' +
  'replaceme required root safe salt same sample sec second secret secrets secretkey secure secured security see seed ' +
  'server service session set setme sha256 shared sharing should sign signature signing simple six so some something ' +
  'spring staging start static string strong strongly such super supabase supersecret supersecure symmetric system temp ' +
  'template temporary test tester testing text than that the their them then there these they thing thirty this three ' +
  'time to todo tobemodified token tokens too top topsecret true try two ultra unguessable unique unknown unsafe until ' +
  'up update use used user username using value variable variables very web webtoken welcome well what when where which ' +
  'who will with without word words work world would write xxx yes yet you your yours zero guest qwerty azerty monkey ' +
  'dragon love lorem ipsum dolor sit amet consectetur quick brown fox jumps lazy dog'
).split(' ')
