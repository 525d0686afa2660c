// Narrative is shown in browsers: only the elements and attributes of txt-1, well formed, and no URL that runs. Pure.
// https://hl7.org/fhir/R4/narrative.html#xhtml

const ELEMENTS = new Set(
  'a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var'.split(
    ' ',
  ),
)
const ATTRIBUTES = new Set(
  'xmlns xml:lang abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width'.split(
    ' ',
  ),
)
// Text, a comment, or a tag whose attributes are quoted.
const PIECE =
  /[^<]+|<!--(?:[^-]|-(?!-))*-->|<(\/?)([A-Za-z][A-Za-z0-9]*)((?:\s+[A-Za-z][\w:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y
const ATTRIBUTE = /([A-Za-z][\w:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
/** Relative, or of a scheme that only shows. A character reference before the first slash hides the scheme. */
const URL_SHOWS = /^(?:(?:https?|mailto|tel|ftp):|data:image\/(?:png|gif|jpeg);|[^:&\s]*(?:[/?#]|$))/i

function attributesAreHarmless(text: string): boolean {
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    if (!ATTRIBUTES.has(name!)) return false
    const value = double ?? single ?? ''
    if ((name === 'href' || name === 'src' || name === 'cite' || name === 'longdesc') && !URL_SHOWS.test(value))
      return false
  }
  return true
}

/** One `<div>` and nothing around it, every element closed. */
export function isNarrative(text: string): boolean {
  const open: string[] = []
  let roots = 0
  PIECE.lastIndex = 0
  while (PIECE.lastIndex < text.length) {
    const match = PIECE.exec(text)
    if (!match) return false
    const [piece, end, name, attributes, empty] = match
    if (name === undefined) {
      if (open.length === 0 && piece.trim() !== '') return false
    } else if (end) {
      if (open.pop() !== name) return false
    } else {
      if (open.length === 0 && (name !== 'div' || roots++ > 0)) return false
      if (!ELEMENTS.has(name) || !attributesAreHarmless(attributes!)) return false
      if (!empty) open.push(name)
    }
  }
  return roots === 1 && open.length === 0
}
