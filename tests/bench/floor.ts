// The floor: what a request costs at least on the same tables. node:http and pg, one prepared statement per request, no
// GraphQL, hand-written for the six questions of scenarios.ts. Argument: database URL.
//
//   GET  /a/WAY/ID   GET /b/WAY/ID   GET /c/WAY/CODE/FROM/TO      WAY: text or sql, see floor-reads.ts
//   GET  /f/WAY/CODE/FROM/TO        POST /d          PUT /e/ID
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { countOf, observationsOf, patientOf, patientWithObservations } from './floor-reads.ts'
import { createObservation, updatePatient } from './floor-writes.ts'

// As many connections as our server has by default.
const pool = new pg.Pool({ connectionString: process.argv[2]!, max: 10 })

function body(req: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => resolve(Buffer.concat(chunks).toString()))
    req.on('error', reject)
  })
}

/** The answer as JSON text. */
async function answer(req: IncomingMessage): Promise<string> {
  const [, question, first = '', second = '', ...rest] = req.url!.split('/')
  switch (question) {
    case 'a':
      return patientOf(pool, first, second)
    case 'b':
      return patientWithObservations(pool, first, second)
    case 'c':
      return observationsOf(pool, first, second, rest[0]!, rest[1]!)
    case 'f':
      return countOf(pool, second, rest[0]!, rest[1]!)
    case 'd':
      return createObservation(pool, JSON.parse(await body(req)))
    default:
      return updatePatient(pool, first, JSON.parse(await body(req)))
  }
}

const server = createServer((req, res) => {
  answer(req).then(
    (text) => {
      const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }
      res.writeHead(200, headers).end(text)
    },
    (error) => {
      console.error(error)
      res.writeHead(500, { 'content-length': 0 }).end()
    },
  )
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
