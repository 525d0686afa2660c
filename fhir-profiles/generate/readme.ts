// The role matrix in the README, printed from the table that decides.
import { matrixMarkdown } from '../../src/consent/role-matrix/markdown.ts'

const BEGIN = '<!-- role matrix: npm run generate -->\n'
const END = '<!-- end of the role matrix -->'

export function withRoleMatrix(readme: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error('README.md has no place for the role matrix.')
  return `${readme.slice(0, begin + BEGIN.length)}\n${matrixMarkdown().trim()}\n\n${readme.slice(end)}`
}
