// May this caller ask this at all? Role, purpose and scope, before any row is looked at (shield asks this). Pure.
// Default deny: what the tables in role-matrix/ do not name is refused. Which rows may be told is ReadScope's question.
import { type Asker, type Right, ROLES, type Role } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { ancestorsOf, isPurpose } from '../kernel/purpose.ts'
import { CELLS, PURPOSES_OF } from './role-matrix/cells.ts'
import { OPERATIONS } from './role-matrix/operations.ts'
import { hasScope } from './scope-rights.ts'

/** `code` is stable: role, purpose, scope, unknown-type or unknown-operation. */
export type Permission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: string; readonly message: string }

const VERBS: Record<Right, string> = { r: 'read', s: 'search', c: 'create', u: 'update', d: 'delete' }
const RIGHTS = 'rscud'
const NOTHING = '-'

const rightsOfRole = new Map<string, ReadonlyMap<string, string>>(
  Object.entries(CELLS).map(([type, row]) => {
    const cells = row.split(/ +/)
    // A cell too few would hand one role the rights of its neighbour.
    if (cells.length !== ROLES.length || !cells.every((cell) => cell === NOTHING || isRights(cell)))
      throw new HealthChainError('fault', 'bad-matrix', `${type} needs ${ROLES.length} cells of ${RIGHTS} or -.`)
    return [type, new Map(ROLES.map((role, i) => [role, cells[i]!]))]
  }),
)

function isRights(cell: string): boolean {
  const kept = [...RIGHTS].filter((letter) => cell.includes(letter)).join('')
  return cell !== '' && kept === cell
}

/** Letters of the cell, `-` for nothing and for what the table does not know. */
export const rightsOf = (role: string, type: string): string => rightsOfRole.get(type)?.get(role) ?? NOTHING

/** What a purpose is good for in this role, as letters; undefined where the role may not act for it. */
export function rightsFor(role: string, purpose: string): string | undefined {
  const purposes = Object.hasOwn(PURPOSES_OF, role) ? PURPOSES_OF[role as Role] : {}
  const named = (purpose === 'BTG' ? ['BTG'] : ancestorsOf(purpose)).find((code) => Object.hasOwn(purposes, code))
  return named && purposes[named]
}

const refuse = (code: string, message: string): Permission => ({ allowed: false, code, message })
const ALLOWED: Permission = { allowed: true }

function checkPurpose({ role, purpose }: Asker): Permission {
  if (!(ROLES as readonly string[]).includes(role)) return refuse('role', 'The token names no role that we know.')
  if (!isPurpose(purpose)) return refuse('purpose', 'State a purpose of use: a v3-ActReason code such as TREAT.')
  if (rightsFor(role, purpose) !== undefined) return ALLOWED
  const open = Object.keys(PURPOSES_OF[role]).join(', ')
  return refuse('purpose', `The role ${role} may not act for ${purpose}; it may for ${open}.`)
}

const checkScope = (asker: Asker, type: string, right: Right): Permission =>
  hasScope(asker, type, right)
    ? ALLOWED
    : refuse('scope', `The token has no scope for this: ask for one such as user/${type}.${right}.`)

/** Role, purpose and scope for one interaction on one resource type. */
export function mayAsk(asker: Asker, type: string, right: Right): Permission {
  if (!rightsOfRole.has(type)) return refuse('unknown-type', 'No such resource type.')
  const purpose = checkPurpose(asker)
  if (!purpose.allowed) return purpose
  // No letter, or several, would be found in any cell.
  if (!Object.hasOwn(VERBS, right)) return refuse('role', 'No such interaction.')
  if (!rightsOf(asker.role, type).includes(right))
    return refuse('role', `The role ${asker.role} may not ${VERBS[right]} ${type}.`)
  if (!rightsFor(asker.role, asker.purpose)?.includes(right))
    return refuse('purpose', `The purpose ${asker.purpose} does not let the role ${asker.role} ${VERBS[right]}.`)
  return checkScope(asker, type, right)
}

/** The same for a named operation. */
export function mayOperate(asker: Asker, name: string): Permission {
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined
  if (!operation) return refuse('unknown-operation', 'No such operation.')
  const purpose = checkPurpose(asker)
  if (!purpose.allowed) return purpose
  if (!operation.roles.includes(asker.role)) return refuse('role', `The role ${asker.role} may not ask for ${name}.`)
  const meant = asker.purpose === 'BTG' ? ['BTG'] : ancestorsOf(asker.purpose)
  if (operation.purposes && !meant.some((code) => operation.purposes?.includes(code)))
    return refuse('purpose', `${name} needs one of these purposes of use: ${operation.purposes.join(', ')}.`)
  const refused = operation.scopes.map(([type, right]) => checkScope(asker, type, right)).find((p) => !p.allowed)
  return refused ?? ALLOWED
}
