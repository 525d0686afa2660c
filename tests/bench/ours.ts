// Our server in a process of its own, as `npm start` runs it in production: bearer tokens, consent, labels and audit are
// on, and the provenance log is sequenced and signed while it is measured. Arguments: database URL; `open` for the same
// build with a kernel that permits everything and audits nothing, `unlogged` for one without the log (unlogged.ts).
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { makeVerifier } from '../../src/auth/verify.ts'
import { PACKS } from '../../src/consent/packs/index.ts'
import { OPERATOR } from '../../src/consent/read-scope.ts'
import type { Trail } from '../../src/interactions/trail.ts'
import { ACT_REASON } from '../../src/kernel/purpose.ts'
import { noteSigner } from '../../src/provenance/note-signer.ts'
import { startApp } from '../../src/server/app.ts'
import { interactionFor } from '../../src/server/interaction-for.ts'
import { makeLogger } from '../../src/server/logger.ts'
import { openDatabase } from '../../src/store/database.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { Sequencing } from '../../src/store/log/sequencing.ts'
import { signWith } from '../../src/store/log/sign-tree.ts'
import { SERVING } from '../../src/store/roles.ts'
import { hospital } from './consents.ts'

const [url = '', mode] = process.argv.slice(2)
const database = await openDatabase({ url, role: SERVING, migrate: false })
const ISSUER = 'https://issuer.example'
const AUDIENCE = 'https://bench.example'
const { publicKey, privateKey } = await generateKeyPair('ES256')
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256', use: 'sig' }] }

const token = await new SignJWT({
  client_id: 'bench',
  scope: 'user/*.cruds',
  fhirUser: 'Practitioner/bench',
  extensions: {
    ihe_iua: {
      subject_role: [{ system: 'urn:healthchain:role', code: 'practitioner' }],
      subject_organization_id: `Organization/${hospital(0)}`,
      purpose_of_use: [{ system: ACT_REASON, code: 'TREAT' }],
    },
  },
})
  .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'bench' })
  .setIssuer(ISSUER)
  .setSubject('bench')
  .setAudience(AUDIENCE)
  .setJti('bench')
  .setIssuedAt()
  .setExpirationTime('4h')
  .sign(privateKey)

const verifier = makeVerifier({ issuers: [{ issuer: ISSUER, jwks }], audience: [AUDIENCE] })
const silent = {
  asked() {},
  told() {},
  written: () => undefined,
  settle: async () => {},
  sensitivity: 0,
  forget() {},
} as unknown as Trail

const app = await startApp({
  database,
  log: makeLogger(),
  host: '127.0.0.1',
  port: 0,
  development: false,
  policies: {
    implicit: { byDefault: 'basic-normal', byCustodian: new Map() },
    packs: Object.values(PACKS).slice(0, 2),
  },
  signIn: async (publicUrl) => ({
    publicUrl,
    asker: async ({ headers }) => verifier.verify(String(headers.authorization).slice('Bearer '.length)),
  }),
  ...(mode === 'open' && {
    interactionFor: async (services) => ({
      ...(await interactionFor(services, OPERATOR)),
      asker: OPERATOR,
      trail: silent,
    }),
  }),
})
// What others wrote meanwhile gets its place before a round begins: it is not this server's work.
const sign = signWith(noteSigner('bench.example/log', new Uint8Array(32).fill(1)))
const BATCH = 5000
let sequencing: Sequencing | undefined
async function sequenceWhile(measured: boolean): Promise<void> {
  await sequencing?.stop()
  sequencing = undefined
  if (!measured || mode === 'unlogged') return
  while ((await sequence(database, sign, BATCH)).added === BATCH);
  sequencing = new Sequencing(database, sign)
  sequencing.start()
}
process.on('message', ({ measured }: { measured?: boolean }) => {
  if (measured !== undefined) void sequenceWhile(measured).then(() => process.send!({}))
})

process.send!({ port: Number(new URL(app.url).port), token })
process.on('disconnect', () => process.exit(0))
