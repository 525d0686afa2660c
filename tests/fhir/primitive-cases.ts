// Good and bad values of each primitive type, https://hl7.org/fhir/R4/datatypes.html#primitive
import { numberFrom } from '../../src/kernel/json.ts'

export interface Cases {
  good: unknown[]
  bad: unknown[]
}

const MEGABYTE = 1024 * 1024
const TEXT: Cases = {
  good: ['a', ' a ', 'two\nlines\tand\r\nmore', 'é', '\u{1f600}', '\u007f', '\u0085', 'a'.repeat(MEGABYTE), '<b>'],
  bad: [
    '',
    ' ',
    '\n\t',
    '\u00a0',
    '\u0000',
    'a\u0000',
    '\u0008',
    '\u001f',
    '\u000b',
    '\ud800',
    'a\udc00b',
    'a'.repeat(MEGABYTE + 1),
  ],
}
const URIS: Cases = {
  good: ['http://a.b/c?d=e#f', 'urn:isbn:1', '#a', 'é', 'http://hl7.org/fhir/ValueSet/x|4.0.1', '%20'],
  bad: ['', ' ', 'a b', ' a', 'a\n', 'a\u00a0b', 'a\u0000', '\ud800', 'a\u0001b'],
}
const DATES: Cases = {
  good: [
    '1',
    '0001',
    '2020',
    '9999',
    '2020-01',
    '2020-12',
    '2020-02-29',
    '2000-02-29',
    '0004-02-29',
    '2021-12-31',
  ].slice(1),
  bad: [
    '0000',
    '0000-01-01',
    '20',
    '202',
    '20200',
    '2020-',
    '2020-1',
    '2020-00',
    '2020-13',
    '2020-01-00',
    '2020-01-32',
    '2021-02-29',
    '1900-02-29',
    '2100-02-29',
    '2020-02-30',
    '2020-04-31',
    '20200101',
    '2020/01/01',
    ' 2020',
    '2020 ',
    '2020-01-01\n',
    '-2020',
    '+2020',
    '２０２０',
  ],
}
const TIMES = ['00:00:00', '23:59:59', '23:59:60', '12:00:00.1', '12:00:00.123456789012']
const BAD_TIMES = [
  '24:00:00',
  '12:60:00',
  '12:00:61',
  '12:00',
  '12',
  '1:00:00',
  '12:00:00.',
  '12:00:00,5',
  '120000',
  '12:00:00 ',
]
const ZONES = ['Z', '+00:00', '-00:00', '+13:59', '+14:00', '-14:00', '+05:45']
const BAD_ZONES = ['', 'z', '+14:01', '-14:30', '+15:00', '+1:00', '+0100', '+01', '+01:60', ' Z', 'UTC', 'ZZ']

const MOMENTS: Cases = {
  good: [...TIMES.map((t) => `2020-01-01T${t}Z`), ...ZONES.map((z) => `2020-02-29T12:00:00${z}`)],
  bad: [
    ...BAD_TIMES.map((t) => `2020-01-01T${t}Z`),
    ...BAD_ZONES.map((z) => `2020-01-01T12:00:00${z}`),
    ...['2021-02-29T12:00:00Z', '2020-01T12:00:00Z', '2020T12:00:00Z', '2020-01-01t12:00:00Z', '2020-01-01 12:00:00Z'],
    ...[
      '2020-01-01T',
      'T12:00:00Z',
      '12:00:00Z',
      '2020-01-01T12:00:00ZT12:00:00Z',
      '2020-01-01Z',
      '0000-01-01T00:00:00Z',
    ],
  ],
}
const INTEGERS: Cases = {
  good: [1, 2_147_483_647],
  bad: [1.5, 2_147_483_648, -2_147_483_649, 1e21, numberFrom('1.0'), numberFrom('1e0'), numberFrom('-0'), '1'],
}

export const CASES: Record<string, Cases> = {
  boolean: { good: [true, false], bad: ['true', 'false', 0, 1, 'TRUE'] },
  integer: { good: [...INTEGERS.good, 0, -1, -2_147_483_648], bad: INTEGERS.bad },
  unsignedInt: { good: [...INTEGERS.good, 0], bad: [...INTEGERS.bad, -1] },
  positiveInt: { good: INTEGERS.good, bad: [...INTEGERS.bad, 0, -1] },
  decimal: { good: [0, -1.5, 1e21, numberFrom('1.10'), numberFrom('-0'), numberFrom('1.0e2')], bad: ['1.10', ''] },
  string: TEXT,
  markdown: TEXT,
  code: {
    good: ['a', 'a b', 'active', '+', 'http://a', 'é'],
    bad: ['', ' ', ' a', 'a ', 'a  b', 'a\n\nb', '\ta', 'a\u0000', '\ud800'],
  },
  id: {
    good: ['a', 'A-9.', '-', '.', 'a'.repeat(64), '0'],
    bad: ['', 'a'.repeat(65), 'a_b', 'a/b', 'a b', 'é', 'a\n', '#a', 'urn:uuid:a'],
  },
  date: { good: DATES.good, bad: [...DATES.bad, '2020-01-01T00:00:00Z'] },
  dateTime: { good: [...DATES.good, ...MOMENTS.good], bad: [...DATES.bad, ...MOMENTS.bad] },
  instant: { good: MOMENTS.good, bad: [...MOMENTS.bad, '2020', '2020-01', '2020-01-01'] },
  time: { good: TIMES, bad: [...BAD_TIMES, '', '12:00:00Z', 'T12:00:00'] },
  uri: URIS,
  url: URIS,
  canonical: URIS,
  oid: {
    good: ['urn:oid:0.0', 'urn:oid:1.2.840.113619', 'urn:oid:2.999'],
    bad: [
      '',
      'urn:oid:',
      'urn:oid:1',
      'urn:oid:3.1',
      'urn:oid:1.',
      'urn:oid:1.02',
      'URN:OID:1.2',
      '1.2.3',
      'urn:oid:1.2\n',
    ],
  },
  uuid: {
    good: ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520'],
    bad: [
      '',
      'c757873d-ec9a-4326-a141-556f43239520',
      'urn:uuid:C757873D-EC9A-4326-A141-556F43239520',
      'urn:uuid:c757873d',
      'urn:uuid:c757873d-ec9a-4326-a141-556f4323952',
      'urn:uuid:c757873d-ec9a-4326-a141-556f43239520\n',
    ],
  },
  base64Binary: {
    good: ['AAAA', 'AA==', 'AAA=', 'AAAA\nAAAA', ' AAAA ', 'a+/9'],
    bad: ['', ' ', 'A', 'AA', 'AAA', 'A===', '=AAA', 'AA=A', 'AAA-', 'AAA_', '====', 'AAAA=', 'é'],
  },
  xhtml: {
    good: [
      '<div xmlns="http://www.w3.org/1999/xhtml">text</div>',
      '<div><p class="a" title=\'b\'>1 &lt; 2 &#169;<br/></p><!-- note --></div>',
      '<div><table border="1"><tr><td colspan="2">x</td></tr></table></div>',
      '<div><a href="http://hl7.org/fhir">a</a><a href="#b">b</a><a name="b"/><img src="c.png" alt="c"/></div>',
      ' <div>text</div>\n',
    ],
    bad: [
      '',
      ' ',
      'text',
      '<p>text</p>',
      '<div>',
      '<div>text',
      'text</div>',
      '<divine>text</divine>',
      '<div>\u0000</div>',
    ],
  },
}

/** What runs, or loads a page, in a browser that shows the narrative. https://hl7.org/fhir/R4/narrative.html#xhtml */
export const ACTIVE_NARRATIVE = [
  '<script>x</script>',
  '<SCRIPT>x</SCRIPT>',
  '<script\n>x</script>',
  '<p onclick="x">y</p>',
  '<p\nonclick = "x">y</p>',
  '<a href="javascript:x">y</a>',
  '<a href="JaVaScRiPt:x">y</a>',
  '<iframe src="x"></iframe>',
  '<object data="x"></object>',
  '<embed src="x"/>',
  '<form action="x"></form>',
  '<base href="x"/>',
  '<link rel="stylesheet" href="x"/>',
  '<meta http-equiv="refresh" content="0"/>',
  '<body>x</body>',
  '<head></head>',
  // A slash or a closing quote separates attributes as well as a space does.
  '<svg/onload=x>y</svg>',
  '<img src="y"onerror="x"/>',
  '<img/onerror="x" src="y"/>',
  // Browsers decode character references and drop line breaks before they look at the scheme.
  '<a href="java&#115;cript:x">y</a>',
  '<a href="java&#x73;cript:x">y</a>',
  '<a href="java&Tab;script:x">y</a>',
  '<a href="java\nscript:x">y</a>',
  '<a href="&#1;javascript:x">y</a>',
  '<a href="data:text/html,x">y</a>',
  '<a href="vbscript:x">y</a>',
  // Not among the elements of txt-1.
  '<svg><animate attributeName="href" values="x"/></svg>',
  '<math><mtext></mtext></math>',
  '<style>p { background: url(x) }</style>',
  '<video src="x"></video>',
  '<button formaction="x">y</button>',
  '<input autofocus="x"/>',
  '<template><p>x</p></template>',
  '<x-y>z</x-y>',
  // Leaves the div in which it is shown.
  '</div><p>x</p><div>',
  '<b>y',
  '<b><i>y</b></i>',
  '</b>y<b>',
  '<!-- --!><script>x</script> -->',
  '<![CDATA[<script>x</script>]]>',
  '<?x ?>',
]
