// What a newcomer reads when the server is up: where it is, who may sign in, and a query to paste.
import type { Config } from './config.ts'
import type { DemoAccess } from './issuer/demo-accounts.ts'

const FIRST = '{ PatientList(_count: 3, _sort: "family") { id name { family given } birthDate } }'
const SECOND = `{ PatientList(_count: 1) { name { family } ObservationList(_reference: subject, category: "vital-signs",
    _sort: "-date", _count: 5) { code { text } effectiveDateTime valueQuantity { value unit } } } }`

/** A general practitioner of the demo population, who asks in order to treat. */
const TOKEN =
  "npm run -s token -- --role practitioner --user Practitioner/demo-practitioner-northlake-gp-1 --organization demo-hospital-northlake --purpose TREAT --scope 'user/*.cruds'"

export function welcome(url: string, { development, databaseUrl, dataDir }: Config, demo?: DemoAccess): string {
  const place = databaseUrl ? 'the database of DATABASE_URL' : dataDir
  return `
HealthChain is up at ${url}/graphql${development ? '  (open it in a browser for GraphiQL)' : ''}
Data: ${place}. Stop with Ctrl-C.
${demo ? signIn(url, demo) : ''}`
}

const signIn = (url: string, { accounts, password, totp }: DemoAccess) => `
Demo users (sign-in at ${url}/oidc): ${accounts.map(({ username }) => username).join(', ')}
Their password: ${password}    Second factor of emergency: ${totp}

A token for a shell, good for 30 minutes:

  TOKEN=$(${TOKEN})

  curl -s ${url}/graphql -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
    -d '{"query":"{ PatientList(_count: 3) { id name { family } } }"}'

In GraphiQL put {"authorization": "Bearer …"} under Headers. Two queries to paste there:

  ${FIRST}

  ${SECOND}
`
