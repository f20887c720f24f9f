import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ConfigError } from '../../config/config.ts'

/**
 * Writes texts to standard output, or to a file that only this user may read, with backpressure. The file gets its name
 * when it is complete: until then an older one stays.
 * @throws ConfigError
 */
export async function writeExport(texts: AsyncIterable<string>, file: string | undefined): Promise<void> {
  if (file === undefined) {
    await write(texts, process.stdout, 'standard output')
  } else if (await isSpecial(file)) {
    await write(texts, createWriteStream(file), file)
  } else {
    const unfinished = `${file}.part`
    await rm(unfinished, { force: true }).catch(refuse(file))
    // `wx` refuses an existing file: it could be readable by others, or a link to another place.
    await write(texts, createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }), unfinished)
    await rename(unfinished, file).catch(refuse(file))
  }
}

/** Whether it is a pipe or a device, such as /dev/stdout, which must not be replaced. */
async function isSpecial(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isDirectory()) throw new ConfigError(`${file} is a folder: name a file for the export.`)
  return found !== undefined && !found.isFile()
}

async function write(
  texts: AsyncIterable<string>,
  target: NodeJS.WritableStream,
  name: string,
): Promise<void> {
  let failure: unknown
  const noted = noteFailure(texts, (error) => {
    failure = error
  })
  await pipeline(Readable.from(noted), target, { end: target !== process.stdout }).catch((error) => {
    throw failure === undefined ? refusal(name, error) : error
  })
}

/** Notes errors of the database, since the pipeline throws errors of the file into `texts` too. */
async function* noteFailure(texts: AsyncIterable<string>, note: (error: unknown) => void) {
  const iterator = texts[Symbol.asyncIterator]()
  const next = () =>
    iterator.next().catch((error) => {
      note(error)
      throw error
    })
  try {
    for (let step = await next(); !step.done; step = await next()) yield step.value
  } finally {
    await iterator.return?.()
  }
}

function refuse(file: string) {
  return (error: unknown) => {
    throw refusal(file, error)
  }
}

function refusal(file: string, error: unknown): ConfigError {
  const code = (error as NodeJS.ErrnoException).code // every error of a file or stream is one of Node's
  if (code === 'EPIPE') return new ConfigError('The export was not read to its end: it is not complete.')
  return new ConfigError(
    `Cannot write the export to ${file} (${code}): check the folder, its rights and its disk.`,
  )
}
