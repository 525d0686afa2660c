// What a newcomer reads when the server is up: where it is, and two queries to paste.
import type { Config } from './config.ts'

const FIRST = '{ PatientList(_count: 3, _sort: "family") { id name { family given } birthDate } }'
const SECOND = `{ PatientList(_count: 1) { name { family } ObservationList(_reference: subject, category: "vital-signs",
    _sort: "-date", _count: 5) { code { text } effectiveDateTime valueQuantity { value unit } } } }`

export function welcome(url: string, { development, databaseUrl, dataDir }: Config): string {
  const place = databaseUrl ? 'the database of DATABASE_URL' : dataDir
  return `
HealthChain is up at ${url}/graphql${development ? '  (open it in a browser for GraphiQL)' : ''}
Data: ${place}. Stop with Ctrl-C.

Two queries to paste:

  ${FIRST}

  ${SECOND}

From a shell:

  curl -s ${url}/graphql -H 'content-type: application/json' \\
    -d '{"query":"{ PatientList(_count: 3) { id name { family } } }"}'
`
}
