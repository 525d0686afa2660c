// "May you ask this at all?": one graphql-shield rule for every root field, made from the role matrix. Default deny.
// Which rows may be told is asked later, inside the statement: see src/consent/read-scope.ts.
import type { deny as Deny, IRules, rule as makeRule } from 'graphql-shield'
import type { Asker, Right } from '../src/kernel/asker.ts'
import { HealthChainError } from '../src/kernel/errors.ts'

/** graphql-shield itself; src/server/shield.ts knows how to load it. */
export interface Toolkit {
  readonly rule: typeof makeRule
  readonly deny: typeof Deny
}

type Permission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: string; readonly message: string }

/** What stands at the root of the schema, and who decides: src/consent/role-matrix.ts. */
export interface Gate {
  readonly types: readonly string[]
  readonly fields: Readonly<Record<'Query' | 'Mutation', readonly string[]>>
  readonly operations: Readonly<Record<string, { readonly on: 'Query' | 'Mutation' }>>
  mayAsk(asker: Asker, type: string, right: Right): Permission
  mayOperate(asker: Asker, name: string): Permission
}

/** `Patient`, `PatientList` … and the right that each needs. */
export const ROOT_FIELDS: Readonly<Record<'Query' | 'Mutation', Readonly<Record<string, Right>>>> = {
  Query: { '': 'r', List: 's', Connection: 's', History: 'r' },
  Mutation: { Create: 'c', Update: 'u', Delete: 'd' },
}

const SIGN_IN = 'Sign in first: send a bearer token in the Authorization header.'

/** True, or the error that the caller reads. Shield hands on what a rule returns and hides what it throws. */
function judge(asker: Asker | undefined, ask: (asker: Asker) => Permission): true | Error {
  if (!asker) return new HealthChainError('unauthenticated', 'sign-in', SIGN_IN)
  const permission = ask(asker)
  return permission.allowed === true || new HealthChainError('forbidden', permission.code, permission.message)
}

type Question = (asker: Asker) => Permission

/** Root field -> what its rule asks. */
function questions({ types, operations, mayAsk, mayOperate }: Gate, root: 'Query' | 'Mutation'): Map<string, Question> {
  const interactions = types.flatMap((type) =>
    Object.entries(ROOT_FIELDS[root]).map(([suffix, right]): [string, Question] => [
      `${type}${suffix}`,
      (asker) => mayAsk(asker, type, right),
    ]),
  )
  const named = Object.keys(operations).filter((name) => operations[name]!.on === root)
  return new Map([
    ...interactions,
    ...named.map((name): [string, Question] => [name, (asker) => mayOperate(asker, name)]),
  ])
}

/** The rule tree: a rule for each root field that the schema has, `*` denied. */
export function permissions({ rule, deny }: Toolkit, gate: Gate): IRules {
  const rulesOf = (root: 'Query' | 'Mutation') => {
    const asked = questions(gate, root)
    const ruled = gate.fields[root].filter((field) => asked.has(field))
    const rules = ruled.map((field) => {
      const ask = asked.get(field)!
      // The parent decides nothing and the judgement is cheap: nothing to cache.
      const judged = rule(`${root}.${field}`)((_parent, _args, context: { asker?: Asker }) => judge(context.asker, ask))
      return [field, judged]
    })
    return { '*': deny, ...Object.fromEntries(rules) }
  }
  return { Query: rulesOf('Query'), Mutation: rulesOf('Mutation') }
}

/** Root fields that no rule speaks for: they are denied to everybody, which nobody who added one can have meant. */
export const unruled = (gate: Gate): string[] =>
  (['Query', 'Mutation'] as const).flatMap((root) => {
    const asked = questions(gate, root)
    return gate.fields[root].filter((field) => !asked.has(field)).map((field) => `${root}.${field}`)
  })
