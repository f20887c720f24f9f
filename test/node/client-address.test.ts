import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AppContext } from '../../src/api/context.ts'
import { ConfigError, parseConfig } from '../../src/config/config.ts'
import { clientAddress } from '../../src/http/client-address.ts'
import { addressGroup, isInNetwork, parseAddress, parseNetwork } from '../../src/text/ip-address.ts'
import { startServer, type TestServer } from '../support/server.ts'

interface Request {
  peer?: string | undefined
  forwarded?: string
  trust?: string
}

function addressOf({ peer, forwarded, trust = '' }: Request): string {
  const { TRUST_PROXY } = parseConfig({ TRUST_PROXY: trust })
  const headers: Record<string, string | undefined> = {
    'x-forwarded-for': forwarded,
    forwarded: 'for=6.6.6.6',
  }
  const context = {
    var: { deps: { config: { TRUST_PROXY }, peerAddress: () => peer } },
    req: { header: (name: string) => headers[name.toLowerCase()] },
  }
  return clientAddress(context as unknown as AppContext) // the only part that clientAddress reads
}

describe('the address of a client', () => {
  test.each<[string, Request, string]>([
    ['the peer', { peer: '203.0.113.7' }, '203.0.113.7'],
    ['the peer, as IPv4 if it came as IPv6', { peer: '::ffff:203.0.113.7' }, '203.0.113.7'],
    ['the peer, written in the one way', { peer: '2001:DB8:0:0:0:0:0:1' }, '2001:db8::1'],
    ['unknown without a connection', { peer: undefined }, 'unknown'],
    [
      'unknown without a connection, whatever is said',
      { forwarded: '1.2.3.4', trust: '10.0.0.1' },
      'unknown',
    ],
    ['the peer, if no proxy is trusted', { peer: '10.0.0.1', forwarded: '1.2.3.4' }, '10.0.0.1'],
    [
      'the peer, if it is not the trusted proxy',
      { peer: '10.0.0.2', forwarded: '1.2.3.4', trust: '10.0.0.1' },
      '10.0.0.2',
    ],
    ['what a trusted proxy says', { peer: '10.0.0.1', forwarded: '1.2.3.4', trust: '10.0.0.1' }, '1.2.3.4'],
    ['the proxy itself, if it says nothing', { peer: '10.0.0.1', trust: '10.0.0.1' }, '10.0.0.1'],
    [
      'what the proxy has added, not what the client made up',
      { peer: '10.0.0.1', forwarded: '6.6.6.6, 1.2.3.4', trust: '10.0.0.1' },
      '1.2.3.4',
    ],
    [
      'the first before a chain of trusted proxies',
      { peer: '10.0.0.1', forwarded: '6.6.6.6, 1.2.3.4, 10.9.9.9,192.0.2.1', trust: '10.0.0.0/8, 192.0.2.1' },
      '1.2.3.4',
    ],
    [
      'not one before a proxy that is not trusted',
      { peer: '10.0.0.1', forwarded: '1.2.3.4, 192.0.2.1', trust: '10.0.0.0/8' },
      '192.0.2.1',
    ],
    [
      'the farthest, if all are trusted',
      { peer: '10.0.0.1', forwarded: '10.0.0.3, 10.0.0.2', trust: '10.0.0.0/8' },
      '10.0.0.3',
    ],
    [
      'IPv4, if peer and chain are mapped',
      { peer: '::ffff:10.0.0.1', forwarded: '::ffff:1.2.3.4', trust: '10.0.0.1' },
      '1.2.3.4',
    ],
    [
      'IPv6 behind a network of IPv6',
      { peer: '2001:db8::5', forwarded: '2001:DB8:1::9', trust: '2001:db8::/64' },
      '2001:db8:1::9',
    ],
    ['without the port', { peer: '10.0.0.1', forwarded: '1.2.3.4:5678', trust: '10.0.0.1' }, '1.2.3.4'],
    [
      'without brackets and port',
      { peer: '10.0.0.1', forwarded: '[2001:db8::1]:443', trust: '10.0.0.1' },
      '2001:db8::1',
    ],
    [
      'the proxy, if it says garbage',
      { peer: '10.0.0.1', forwarded: 'unknown', trust: '10.0.0.1' },
      '10.0.0.1',
    ],
    ['the proxy, if it says 1.2.3', { peer: '10.0.0.1', forwarded: '1.2.3', trust: '10.0.0.1' }, '10.0.0.1'],
    [
      'the proxy, if it says 256.1.1.1',
      { peer: '10.0.0.1', forwarded: '256.1.1.1', trust: '10.0.0.1' },
      '10.0.0.1',
    ],
    [
      'the proxy, if it says commas',
      { peer: '10.0.0.1', forwarded: ',,1.2.3.4,', trust: '10.0.0.1' },
      '10.0.0.1',
    ],
    [
      'not what is to the left of garbage',
      { peer: '10.0.0.1', forwarded: '6.6.6.6, x, 10.0.0.2', trust: '10.0.0.0/8' },
      '10.0.0.2',
    ],
  ])('The address of a client is %s', (_what, request, expected) => {
    expect(addressOf(request)).toBe(expected)
  })
})

describe('a network', () => {
  test.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.1.2.3/31', '10.1.2.2', true],
    ['::ffff:10.0.0.0/104', '10.9.9.9', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['10.0.0.0/8', '::a00:1', false], // the same bits, but IPv6
  ])('The network %s with the address %s: %s', (network, address, expected) => {
    const [parsed, bits] = [parseNetwork(network), parseAddress(address)]
    if (!parsed || bits === undefined) throw new Error('Not parsed.')
    expect(isInNetwork(bits, parsed)).toBe(expected)
  })

  test.each(['10.0.0.0/33', '2001:db8::/129', '10.0.0.0/', '/8', 'localhost', '10.0.0', '10.0.0.0/8/8', '1'])(
    'A network cannot be %s',
    (text) => {
      expect(parseNetwork(text)).toBeUndefined()
      expect(() => parseConfig({ TRUST_PROXY: `10.0.0.1, ${text}` })).toThrow(ConfigError)
    },
  )

  test.each(['0.0.0.0/0', '::/0'])('A network of all addresses (%s) is not a proxy', (text) => {
    expect(() => parseConfig({ TRUST_PROXY: text })).toThrow('TRUST_PROXY')
  })
})

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['unknown', 'unknown'],
])('The group of %s is %s', (address, group) => {
  expect(addressGroup(address)).toBe(group)
})

describe.each<[string, Record<string, string>, number]>([
  ['without TRUST_PROXY, X-Forwarded-For changes nothing', {}, 429],
  ['behind a trusted proxy, X-Forwarded-For tells clients apart', { TRUST_PROXY: '127.0.0.0/8, ::1' }, 401],
])('the address on a real server', (what, env, expected) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startServer({ RATE_LIMIT: 'on', LOGIN_LIMIT: '2', ...env })
  })
  afterAll(() => server?.stop())

  test(what, async () => {
    const guess = async (from: string) => {
      const response = await fetch(`${server.url}/auth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': from, forwarded: `for=${from}` },
        body: JSON.stringify({ username: 'somebody', password: 'wrong' }),
      })
      await response.body?.cancel()
      return response.status
    }
    expect([await guess('192.0.2.1'), await guess('192.0.2.2')]).toEqual([401, 401])
    expect(await guess('192.0.2.3')).toBe(expected)
    expect([await guess('192.0.2.1'), await guess('192.0.2.1')].at(-1)).toBe(429) // the third attempt of this address
  })
})
