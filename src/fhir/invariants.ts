// R4 invariants that this server enforces, keyed as R4 keys them; the test gets the object they stand on. Pure.
// https://hl7.org/fhir/R4/conformance-rules.html#constraints
import { isNumber, isObject, numberText } from '../kernel/json.ts'
import type { Walk } from './check.ts'
import { dateBounds } from './dates.ts'

type Node = Record<string, unknown>
interface Invariant {
  readonly key: string
  readonly human: string
  readonly holds: (node: Node) => boolean
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const has = (node: Node, ...names: string[]) => names.some((n) => node[n] !== undefined || node[`_${n}`] !== undefined)
const number = (value: unknown) => (isNumber(value) ? Number(numberText(value)) : undefined)
const needs = (node: Node, name: string, other: string) => !has(node, name) || has(node, other)
/** An object is no text, and one with a member `toString` cannot be made one: it is reported as structure. */
const text = (value: unknown) => (typeof value === 'object' ? '' : String(value))
const codes = (concept: unknown) =>
  list(isObject(concept) ? concept.coding : undefined)
    .filter(isObject)
    .map((c) => text(c.code))
/** Codings as keys; one without a code is like no other. */
const codingKeys = (concept: unknown) =>
  list(isObject(concept) ? concept.coding : undefined)
    .filter(isObject)
    .filter((c) => c.code !== undefined)
    .map((c) => `${text(c.system)}|${text(c.code)}`)
function repeatsCode(o: Node): boolean {
  const own = new Set(codingKeys(o.code))
  return list(o.component).some((c) => isObject(c) && codingKeys(c.code).some((k) => own.has(k)))
}

const qty3: Invariant = {
  key: 'qty-3',
  human: 'A unit code needs its system.',
  holds: (q) => needs(q, 'code', 'system'),
}

const INVARIANTS: Record<string, Invariant[]> = {
  PatientContact: [
    {
      key: 'pat-1',
      human: 'A contact needs a name, telecom, address or organization.',
      holds: (c) => has(c, 'name', 'telecom', 'address', 'organization'),
    },
  ],
  Observation: [
    {
      key: 'obs-6',
      human: 'dataAbsentReason is only for an Observation without a value.',
      holds: (o) => !has(o, 'dataAbsentReason') || !Object.keys(o).some((k) => /^_?value[A-Z]/.test(k)),
    },
    {
      key: 'obs-7',
      human: 'An Observation whose code a component repeats has no value of its own.',
      holds: (o) => !Object.keys(o).some((k) => /^_?value[A-Z]/.test(k)) || !repeatsCode(o),
    },
  ],
  ObservationReferenceRange: [
    { key: 'obs-3', human: 'A reference range needs low, high or text.', holds: (r) => has(r, 'low', 'high', 'text') },
  ],
  AllergyIntolerance: [
    {
      key: 'ait-1',
      human: 'clinicalStatus is needed unless the verification status is entered-in-error.',
      holds: (a) => codes(a.verificationStatus).includes('entered-in-error') || has(a, 'clinicalStatus'),
    },
    {
      key: 'ait-2',
      human: 'clinicalStatus must not be given when the verification status is entered-in-error.',
      holds: (a) => !codes(a.verificationStatus).includes('entered-in-error') || !has(a, 'clinicalStatus'),
    },
  ],
  Condition: [
    {
      key: 'con-4',
      human: 'An abated condition is inactive, resolved or in remission.',
      holds: (c) =>
        !Object.keys(c).some((k) => /^_?abatement/.test(k)) ||
        codes(c.clinicalStatus).some((code) => ['inactive', 'resolved', 'remission'].includes(code)),
    },
    {
      key: 'con-5',
      human: 'clinicalStatus must not be given when the verification status is entered-in-error.',
      holds: (c) => !codes(c.verificationStatus).includes('entered-in-error') || !has(c, 'clinicalStatus'),
    },
  ],
  ConditionStage: [
    { key: 'con-1', human: 'A stage needs summary or assessment.', holds: (s) => has(s, 'summary', 'assessment') },
  ],
  ConditionEvidence: [
    { key: 'con-2', human: 'Evidence needs code or detail.', holds: (e) => has(e, 'code', 'detail') },
  ],
  Consent: [
    { key: 'ppc-1', human: 'A consent needs policy or policyRule.', holds: (c) => has(c, 'policy', 'policyRule') },
    {
      // R4 publishes ppc-2 to ppc-5 with a placeholder system, so they never fire; this is what they mean.
      key: 'ppc-2..5',
      human: 'A consent of scope patient-privacy, research, adr or treatment needs its patient.',
      holds: (c) =>
        has(c, 'patient') ||
        !codes(c.scope).some((s) => ['patient-privacy', 'research', 'adr', 'treatment'].includes(s)),
    },
  ],
  Organization: [
    {
      key: 'org-1',
      human: 'An organization needs an identifier or a name.',
      holds: (o) => has(o, 'identifier', 'name'),
    },
  ],
  Group: [
    {
      key: 'grp-1',
      human: 'Only an actual group has members.',
      holds: (g) => !has(g, 'member') || g.actual === true,
    },
  ],
  Period: [
    {
      key: 'per-1',
      human: 'The start must not lie after the end.',
      holds: ({ start, end }) => {
        const [from, to] = [start, end].map((v) => (typeof v === 'string' ? dateBounds(v) : undefined))
        return !from || !to || from.low < to.high
      },
    },
  ],
  Quantity: [qty3],
  Age: [qty3],
  Count: [qty3],
  Distance: [qty3],
  Duration: [qty3],
  Range: [
    {
      key: 'rng-2',
      human: 'The low end must not exceed the high end.',
      holds: ({ low, high }) => {
        const [from, to] = [low, high].map((q) => (isObject(q) ? number(q.value) : undefined))
        return from === undefined || to === undefined || from <= to
      },
    },
  ],
  Ratio: [
    {
      key: 'rat-1',
      human: 'Give both numerator and denominator, or neither and an extension.',
      holds: (r) => (has(r, 'numerator') ? has(r, 'denominator') : !has(r, 'denominator') && has(r, 'extension')),
    },
  ],
  ContactPoint: [
    { key: 'cpt-2', human: 'A value needs its system (phone, email …).', holds: (c) => needs(c, 'value', 'system') },
  ],
  Attachment: [{ key: 'att-1', human: 'Data need their contentType.', holds: (a) => needs(a, 'data', 'contentType') }],
  TimingRepeat: [
    { key: 'tim-1', human: 'A duration needs its unit.', holds: (r) => needs(r, 'duration', 'durationUnit') },
    { key: 'tim-2', human: 'A period needs its unit.', holds: (r) => needs(r, 'period', 'periodUnit') },
    { key: 'tim-4', human: 'The duration is not negative.', holds: (r) => (number(r.duration) ?? 0) >= 0 },
    { key: 'tim-5', human: 'The period is not negative.', holds: (r) => (number(r.period) ?? 0) >= 0 },
    { key: 'tim-6', human: 'periodMax needs period.', holds: (r) => needs(r, 'periodMax', 'period') },
    { key: 'tim-7', human: 'durationMax needs duration.', holds: (r) => needs(r, 'durationMax', 'duration') },
    { key: 'tim-8', human: 'countMax needs count.', holds: (r) => needs(r, 'countMax', 'count') },
    {
      key: 'tim-9',
      human: 'An offset needs an event that is not C, CM, CD or CV.',
      holds: (r) =>
        !has(r, 'offset') ||
        (has(r, 'when') && list(r.when).every((w) => !['C', 'CM', 'CD', 'CV'].includes(String(w)))),
    },
    {
      key: 'tim-10',
      human: 'Give timeOfDay or when, not both.',
      holds: (r) => !(has(r, 'timeOfDay') && has(r, 'when')),
    },
  ],
  Extension: [
    {
      key: 'ext-1',
      human: 'An extension has either a value or extensions, not both and not neither.',
      holds: (e) => Object.keys(e).some((k) => /^_?value[A-Z]/.test(k)) !== has(e, 'extension'),
    },
  ],
}

export function checkInvariants(walk: Walk, type: string, node: Node, path: string): void {
  for (const { key, human, holds } of INVARIANTS[type] ?? [])
    if (!holds(node)) walk.report('invariant', path, `${key}: ${human}`)
}
