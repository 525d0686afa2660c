// The role matrix as Markdown, for the README. Pure.
import { ROLES } from '../../kernel/asker.ts'
import { rightsOf } from '../role-matrix.ts'
import { CELLS, PURPOSES_OF } from './cells.ts'

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** Types down, roles across, letters in the cells; below it the purposes of each role. */
export function matrixMarkdown(): string {
  const purposes = ROLES.map((role) => {
    const each = Object.entries(PURPOSES_OF[role]).map(([code, rights]) => `${code} ${rights}`)
    return row([role, each.join(' · ')])
  })
  const types = Object.keys(CELLS).map((type) => row([type, ...ROLES.map((role) => rightsOf(role, type))]))
  return [
    row(['', ...ROLES]),
    row(Array.from({ length: ROLES.length + 1 }, () => '---')),
    ...types,
    '',
    row(['role', 'purposes and what they are good for at most']),
    row(['---', '---']),
    ...purposes,
    '',
  ].join('\n')
}
