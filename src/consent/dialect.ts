// R4 contradicts itself: HL7's own consents leave the root untyped and let policyRule say the patient's choice, so that
// an untyped root with criteria is the exception to it (dialect B); PCF types the root (dialect A). Read B as A. Pure.
// https://hl7.org/fhir/R4/consent.html, https://profiles.ihe.net/ITI/PCF, decision record 0011.
import { isObject } from '../kernel/json.ts'
import { ACT_CODE } from './labels.ts'
import { nestedNodes, type Provision, typedTree } from './provision.ts'

type Node = Record<string, unknown>

type Choice = 'permit' | 'deny' | 'emergency'
const CHOICES: Readonly<Record<string, Choice>> = {
  OPTIN: 'permit',
  OPTINR: 'permit',
  OPTOUT: 'deny',
  OPTOUTE: 'deny',
  EMRGONLY: 'emergency',
}

/** What the patient chose, by v3-ActCode. Who is said to have chosen two things has said neither. */
function choiceOf({ policyRule }: Node): Choice | undefined {
  const codings = isObject(policyRule) && Array.isArray(policyRule.coding) ? policyRule.coding.filter(isObject) : []
  const choices = codings.flatMap(({ system, code }) =>
    system === ACT_CODE && typeof code === 'string' && Object.hasOwn(CHOICES, code) ? [CHOICES[code]!] : [],
  )
  return new Set(choices).size === 1 ? choices[0] : undefined
}

const CONTAINER = new Set(['id', 'extension', 'period', 'provision', 'type'])
const isContainer = (node: Node) => Object.keys(node).every((key) => CONTAINER.has(key))

/** No criteria, all of the data: what remains of a consent that nobody can compute. */
const denyAll = (path: string): Provision => ({ deny: true, depth: 0, node: {}, path, nested: [] })

const computable = (node: Node): boolean =>
  nestedNodes(node).every((n) => (n.type === 'permit' || n.type === 'deny') && computable(n))

export interface Normalised {
  readonly root: Provision
  readonly dialect: 'A' | 'B'
  /** Why a person must look at it; it denies everything until then. */
  readonly review?: string
}

export function normalise(consent: Node): Normalised {
  const node = isObject(consent.provision) ? consent.provision : {}
  if (!computable(node))
    return { root: denyAll('provision'), dialect: 'B', review: 'A nested provision says neither permit nor deny.' }
  if (node.type === 'permit' || node.type === 'deny') return { root: typedTree(node), dialect: 'A' }
  const choice = choiceOf(consent)
  if (choice === undefined)
    return {
      root: denyAll('policyRule'),
      dialect: 'B',
      review: 'Neither provision.type nor policyRule says what the patient chose.',
    }
  return { root: untyped(node, choice), dialect: 'B' }
}

function untyped(node: Node, choice: Choice): Provision {
  const deny = choice === 'deny'
  const emergency = { purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'ETREAT' }] }
  const period = node.period === undefined ? {} : { period: node.period }
  const base = { ...period, ...(choice === 'emergency' && emergency) }
  if (!isContainer(node)) {
    const exception: Provision = {
      ...typedTree({ ...node, type: deny ? 'permit' : 'deny' }, 'provision', 1),
      alone: true,
    }
    return { deny, depth: 0, node: base, path: 'policyRule', nested: [exception] }
  }
  const nested = nestedNodes(node).map((n, i) => typedTree(n, `provision.provision[${i}]`, 1))
  // "I agree, to these": what is not listed is not agreed to.
  const list = choice === 'permit' && nested.length > 0 && nested.every((n) => !n.deny)
  return { deny: deny || list, depth: 0, node: base, path: 'policyRule', nested }
}
