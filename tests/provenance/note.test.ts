// Signed notes: the vectors of the specification, what signing and opening promise, and attacks by name.
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  formatNote,
  isKeyName,
  openNote,
  parseNote,
  parseSignatureLines,
  signatureLine,
} from '../../src/provenance/note.ts'
import { formatVkey, keyIdInput, noteVerifier } from '../../src/provenance/note-key.ts'
import { noteSigner } from '../../src/provenance/note-signer.ts'
import { seed } from './log.ts'

/** https://c2sp.org/signed-note, the example of the Go implementation that the format comes from. */
const VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
const TEXT = 'This is an example message.\n'
const SIGNATURE = 'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM='
const NOTE = `${TEXT}\n\u2014 example.com/foo ${SIGNATURE}\n`
const LINE = `\u2014 example.com/foo ${SIGNATURE}\n`

describe('https://c2sp.org/signed-note', () => {
  it('the example is opened, and written again byte for byte', async () => {
    const verifier = await noteVerifier(VKEY)
    expect(verifier).toMatchObject({ name: 'example.com/foo', keyId: '530d903a', type: 1 })
    expect(formatVkey(verifier)).toBe(VKEY)
    expect(await openNote(NOTE, [verifier])).toMatchObject({ text: TEXT, signed: [{ key: verifier }] })
    expect(await openNote(Buffer.from(NOTE), [verifier])).toMatchObject({ text: TEXT })
    expect(formatNote(parseNote(NOTE)!)).toBe(NOTE)
  })

  it('text may have empty lines: the last one separates', () => {
    expect(parseNote(`a\n\nb\n\n\n${LINE}`)).toMatchObject({ text: 'a\n\nb\n\n' })
    expect(parseNote(`\n\n${LINE}`)).toMatchObject({ text: '\n' })
  })

  it('sixteen signatures are taken, and 64', () => {
    expect(parseNote(`${TEXT}\n${LINE.repeat(16)}`)?.signatures).toHaveLength(16)
    expect(parseNote(`${TEXT}\n${LINE.repeat(64)}`)?.signatures).toHaveLength(64)
    expect(parseNote(`${TEXT}\n${LINE.repeat(65)}`)).toBeUndefined()
  })
})

describe('signing', () => {
  it('makes notes that open with the signer’s key and no other', async () => {
    const [ours, theirs] = [noteSigner('log.example/a', seed(1)), noteSigner('log.example/a', seed(2))]
    const [verifier, stranger] = [await noteVerifier(ours.vkey), await noteVerifier(theirs.vkey)]
    const line = fc.string({ unit: 'grapheme' }).filter((t) => ![...t].some((c) => c < ' '))
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1 }), async (lines) => {
        const text = `${lines.join('\n')}\n`
        const note = formatNote({ text, signatures: [await ours.sign(text)] })
        expect(await openNote(note, [verifier])).toMatchObject({ text })
        expect(await openNote(note, [stranger])).toEqual({ fault: 'no-known-signature' })
        expect(await openNote(note, [stranger, verifier])).toMatchObject({ text })
      }),
      { numRuns: 50 },
    )
  })

  it('is that of any other implementation of Ed25519', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url')
    const d = Buffer.from(privateKey.export({ format: 'jwk' }).d!, 'base64url')
    const signer = noteSigner('a', d)
    const bytes = sign(
      null,
      Buffer.from('text\n'),
      createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })),
    )
    expect((await signer.sign('text\n')).bytes).toEqual(new Uint8Array(bytes))
    expect((await noteVerifier(signer.vkey)).publicKey).toEqual(new Uint8Array(raw))
  })

  test.for(['no newline', 'a\r\n', 'tab\t\n', '\u0000\n', 'lone \ud800\n', ''])('refuses %j', async (text) => {
    await expect(noteSigner('a', seed(1)).sign(text)).rejects.toThrow(/newline/)
  })

  test.for(['', 'a b', 'a+b', 'a\u00a0b', 'a\nb', 'a\u0001'])('refuses the name %j', (name) => {
    expect(() => noteSigner(name, seed(1))).toThrow(/without spaces/)
  })
  it('refuses a seed of another length', () => {
    expect(() => noteSigner('a', new Uint8Array(31))).toThrow(/32 bytes/)
  })
})

describe('names of keys', () => {
  const NAMES: [string, string][] = [
    ['obeyed by a terminal (C0)', 'a\u001b[2J'],
    ['obeyed by a terminal (C1)', 'a\u009b2J'],
    ['the end of a line (NEL)', 'a\u0085'],
    ['a deletion', 'a\u007f'],
    ['written backwards', 'a\u202egro.elpmaxe'],
    ['turned around by an isolate', 'a\u2067b\u2069'],
    ['marked as right to left', 'a\u200f'],
    ['of no width', 'a\u200bb'],
    ['joined', 'a\u200db'],
    ['begun by a byte order mark', '\ufeffa'],
    ['broken by a soft hyphen', 'a\u00adb'],
    ['blank, though a letter', 'a\u3164'],
    ['chosen among variants', 'a\ufe0f'],
    ['tagged', 'a\u{e0041}'],
    ['annotated', 'a\ufff9b'],
    ['private', 'a\ue000'],
    ['half of a character', 'a\ud800'],
    ['parted by a line separator', 'a\u2028b'],
    ['parted by an ideographic space', 'a\u3000b'],
  ]
  test.for(NAMES)('attack: %s', async ([, name]) => {
    expect(isKeyName(name)).toBe(false)
    const signer = noteSigner('a', seed(1))
    const { publicKey, ...key } = await noteVerifier(signer.vkey)
    const id = createHash('sha256')
      .update(keyIdInput(name, key.type, publicKey))
      .digest('hex')
      .slice(0, 8)
    await expect(noteVerifier(formatVkey({ ...key, publicKey, name, keyId: id }))).rejects.toThrow(/name without/)
    expect(parseNote(formatNote({ text: TEXT, signatures: [{ ...(await signer.sign(TEXT)), name }] }))).toBeUndefined()
  })

  test.for(['a', 'krankenhaus-köln.example/log', '病院.example', 'مستشفى.example', 'a.example:8080/x?y=1#z~'])(
    '%s is one',
    (name) => {
      expect(isKeyName(name)).toBe(true)
      expect(noteSigner(name, seed(1)).vkey).toContain(name)
    },
  )

  it('of a megabyte is read in no time', () => {
    expect(isKeyName(`${'a'.repeat(1_000_000)} `)).toBe(false)
  })
})

describe('attacks', () => {
  const MALFORMED: [string, string][] = [
    ['nothing', ''],
    ['no signature', `${TEXT}\n`],
    ['no separating line', `${TEXT}${LINE}`],
    ['no final newline', NOTE.slice(0, -1)],
    ['a newline more at the end', `${NOTE}\n`],
    ['CRLF', NOTE.replaceAll('\n', '\r\n')],
    ['a carriage return in the text', NOTE.replace('example', 'exa\rmple')],
    ['a tab', NOTE.replace('an example', 'an\texample')],
    ['a zero byte', NOTE.replace('example', 'exa\0mple')],
    ['a lone surrogate', NOTE.replace('example', 'exa\ud800mple')],
    ['a hyphen for the dash', NOTE.replace('\u2014', '-')],
    ['an en dash', NOTE.replace('\u2014', '\u2013')],
    ['no space after the dash', NOTE.replace('\u2014 ', '\u2014')],
    ['two spaces after the dash', NOTE.replace('\u2014 ', '\u2014  ')],
    ['two spaces before the signature', NOTE.replace('foo ', 'foo  ')],
    ['a space at the end of a signature line', NOTE.replace('=\n', '= \n')],
    ['no key name', NOTE.replace('example.com/foo ', ' ')],
    ['a plus sign in the key name', NOTE.replace('example.com/foo', 'example.com+foo')],
    ['a no-break space in the key name', NOTE.replace('com/foo', 'com\u00a0foo')],
    ['a line separator in the key name', NOTE.replace('com/foo', 'com\u2028foo')],
    ['an empty line between signatures that is no signature', `${NOTE}text\n`],
    ['text between signatures', `${TEXT}\n${LINE}text\n${LINE}`],
    ['base64 without padding', NOTE.replace('QM=', 'QM')],
    ['base64 with stray bits', NOTE.replace('QM=', 'QN=')],
    ['base64 with a newline inside', NOTE.replace('Tnag', 'Tn\nag')],
    ['base64url', NOTE.replace('+', '-').replace('/Z', '_Z').replace('Uw2Q', 'Uw-Q')],
    ['no signature bytes', `${TEXT}\n\u2014 example.com/foo Uw2QOg==\n`],
    ['fewer bytes than a key id', `${TEXT}\n\u2014 example.com/foo Uw2Q\n`],
    ['over-long text', `${'a'.repeat(600_000)}\n${NOTE}`],
  ]
  test.for(MALFORMED)('%s: malformed', async ([, note]) => {
    expect(note).not.toBe(NOTE)
    expect(parseNote(note)).toBeUndefined()
    expect(await openNote(note, [await noteVerifier(VKEY)])).toEqual({ fault: 'malformed-note' })
  })

  it('bytes that are no UTF-8: malformed', () => {
    expect(parseNote(Buffer.concat([Buffer.of(0xc0, 0x80), Buffer.from(NOTE)]))).toBeUndefined()
  })

  it('every other text under the signature is refused, a byte order mark too', async () => {
    const verifier = await noteVerifier(VKEY)
    for (const text of [`\ufeff${TEXT}`, TEXT.toUpperCase(), `${TEXT}\n`, ` ${TEXT}`, TEXT.replace('.', '')])
      expect(await openNote(`${text}\n${LINE}`, [verifier])).toEqual({ fault: 'bad-signature' })
    expect(await openNote(Buffer.from(`\ufeff${NOTE}`), [verifier])).toEqual({ fault: 'bad-signature' })
  })

  it('one wrong signature of a known key refuses the note, whatever else signed it', async () => {
    const [one, two] = [noteSigner('a', seed(1)), noteSigner('b', seed(2))]
    const known = await Promise.all([one, two].map(({ vkey }) => noteVerifier(vkey)))
    const [right, wrong] = [await one.sign(TEXT), await two.sign('other\n')]
    for (const signatures of [
      [right, wrong],
      [wrong, right],
    ])
      expect(await openNote(formatNote({ text: TEXT, signatures }), known)).toEqual({ fault: 'bad-signature' })
    expect(await openNote(formatNote({ text: TEXT, signatures: [right, wrong] }), [known[0]!])).toMatchObject({
      text: TEXT,
    })
  })

  it('a second, wrong signature of the same key is not hidden behind the right one', async () => {
    const one = noteSigner('a', seed(1))
    const right = await one.sign(TEXT)
    const wrong = { ...right, bytes: right.bytes.map((b, i) => (i === 0 ? b ^ 1 : b)) }
    const known = [await noteVerifier(one.vkey)]
    expect(await openNote(formatNote({ text: TEXT, signatures: [right, wrong] }), known)).toEqual({
      fault: 'bad-signature',
    })
    const opened = await openNote(formatNote({ text: TEXT, signatures: [right, right] }), known)
    expect(opened).toMatchObject({ signed: [{}] })
    expect('signed' in opened && opened.signed.length).toBe(1)
  })

  it('the key id or the name alone does not make a key known', async () => {
    const known = [await noteVerifier(VKEY)]
    const renamed = NOTE.replace('com/foo', 'com/bar')
    const otherId = NOTE.replace('Uw2Q', 'Vw2Q')
    expect(await openNote(renamed, known)).toEqual({ fault: 'no-known-signature' })
    expect(await openNote(otherId, known)).toEqual({ fault: 'no-known-signature' })
  })

  it('a signature of another length, or all zeros, is wrong', async () => {
    const one = noteSigner('a', seed(1))
    const known = [await noteVerifier(one.vkey)]
    const { bytes, ...line } = await one.sign(TEXT)
    for (const forged of [bytes.slice(1), Uint8Array.of(...bytes, 0), new Uint8Array(64), new Uint8Array(1)])
      expect(await openNote(`${TEXT}\n${signatureLine({ ...line, bytes: forged })}`, known)).toEqual({
        fault: 'bad-signature',
      })
  })

  it('a signature whose S has the order added (RFC 8032 section 5.1.7) is wrong', async () => {
    const one = noteSigner('a', seed(1))
    const { bytes, ...line } = await one.sign(TEXT)
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    const s = BigInt(`0x${Buffer.from(bytes.slice(32).toReversed()).toString('hex')}`) + order
    const malleable = Uint8Array.of(
      ...bytes.slice(0, 32),
      ...Buffer.from(s.toString(16).padStart(64, '0'), 'hex').toReversed(),
    )
    const note = `${TEXT}\n${signatureLine({ ...line, bytes: malleable })}`
    expect(await openNote(note, [await noteVerifier(one.vkey)])).toEqual({ fault: 'bad-signature' })
  })
})

describe('verifier keys', () => {
  test.for([
    ['nothing', ''],
    ['two parts', 'example.com/foo+530d903a'],
    ['an id of another key', VKEY.replace('530d903a', '530d903b')],
    ['an id in upper case', VKEY.replace('530d903a', '530D903A')],
    ['another name', VKEY.replace('foo', 'bar')],
    ['a space in the name', VKEY.replace('/', ' ')],
    ['a type that nobody knows', 'a+00000000+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['a short key', 'a+00000000+AekyeRrm'],
    ['stray bits in its base64', VKEY.replace('3U2k', '3U2')],
    ['a newline behind it', `${VKEY}\n`],
  ])('with %s are refused', async ([, vkey]) => {
    await expect(noteVerifier(vkey!)).rejects.toThrow(/Correct the verifier key/)
  })
})

describe('lines of a witness', () => {
  it('are read back', () => {
    const [signature] = parseSignatureLines(LINE)!
    expect(signatureLine(signature!)).toBe(LINE)
    expect([
      parseSignatureLines(''),
      parseSignatureLines('\n'),
      parseSignatureLines(LINE.trimEnd()),
      parseSignatureLines(`${LINE}\n`),
    ]).toEqual([undefined, undefined, undefined, undefined])
  })
})
