// Names of invented people. Given names are common; every family name is made of words for sample, fable, template
// or draft in its language, so that nobody can bear it. Data only.

export interface Naming {
  culture: string
  /** BCP 47, https://hl7.org/fhir/R4/valueset-languages.html */
  language: string
  languageName: string
  share: number
  female: readonly string[]
  male: readonly string[]
  /** First halves of family names. */
  stems: readonly string[]
  /** Second halves, [female, male]. */
  endings: readonly (readonly [string, string])[]
  /** Whether people carry the family names of both parents. */
  two?: boolean
}

const same = (...endings: string[]): (readonly [string, string])[] => endings.map((ending) => [ending, ending] as const)

export const NAMINGS: readonly Naming[] = [
  {
    culture: 'american',
    language: 'en',
    languageName: 'English',
    share: 26,
    female: [
      'Alice',
      'Denise',
      'Gloria',
      'Hannah',
      'Joyce',
      'Keisha',
      'Marie',
      'Olivia',
      'Ruth',
      'Tamara',
      'Wanda',
      'Zoe',
    ],
    male: [
      'Andre',
      'Calvin',
      'Dwayne',
      'Ethan',
      'Frank',
      'Isaac',
      'Jamal',
      'Leroy',
      'Marcus',
      'Oscar',
      'Trevor',
      'Walter',
    ],
    stems: ['Sample', 'Fable', 'Mocking', 'Proto', 'Paper', 'Pretend', 'Draft', 'Trial'],
    endings: same('wright', 'wood', 'ridge', 'field', 'well', 'stone'),
  },
  {
    culture: 'irish',
    language: 'en',
    languageName: 'English',
    share: 7,
    female: ['Aoife', 'Ciara', 'Gráinne', 'Maeve', 'Niamh', 'Róisín', 'Siobhán', 'Sinéad'],
    male: ['Cillian', 'Conor', 'Daithí', 'Eoin', 'Fionn', 'Pádraig', 'Seán', 'Tadhg'],
    stems: ["O'Sample", "O'Fable", 'MacDraft', 'McProto', "O'Trial"],
    endings: same('igh', 'gan', 'more', 'nessy'),
  },
  {
    culture: 'german',
    language: 'de',
    languageName: 'German',
    share: 12,
    female: ['Anneliese', 'Bärbel', 'Greta', 'Heike', 'Jürgine', 'Käthe', 'Lieselotte', 'Ursula'],
    male: ['Björn', 'Dieter', 'Günther', 'Jörg', 'Jürgen', 'Lothar', 'Rüdiger', 'Wolfgang'],
    stems: ['Muster', 'Probe', 'Fabel', 'Schein', 'Entwurfs', 'Beispiel'],
    endings: same('hügel', 'bächer', 'gärtner', 'müller', 'strauß', 'feld'),
  },
  {
    culture: 'nordic',
    language: 'sv',
    languageName: 'Swedish',
    share: 8,
    female: ['Åsa', 'Astrid', 'Birgitta', 'Frøya', 'Ingrid', 'Maj-Britt', 'Sólveig', 'Ulla'],
    male: ['Åke', 'Bjørn', 'Håkan', 'Jens', 'Lars-Erik', 'Nils', 'Søren', 'Þór'],
    stems: ['Exempel', 'Prøve', 'Påhitt', 'Låtsas', 'Skisse'],
    endings: [...same('gård', 'lund', 'ström', 'bjørk'), ['dóttir', 'sson']],
  },
  {
    culture: 'french',
    language: 'fr',
    languageName: 'French',
    share: 10,
    female: ['Agnès', 'Anaïs', 'Chloé', 'Françoise', 'Hélène', 'Marie-Thérèse', 'Noémie', 'Océane'],
    male: ['Benoît', 'Étienne', 'François', 'Gaël', 'Jean-Luc', 'Jérôme', 'Loïc', 'René'],
    stems: ['Fictif', 'Modèle', 'Maquette', 'Exemple', 'Ébauche'],
    endings: same('ière', 'ault', 'mont', 'ville'),
  },
  {
    culture: 'spanish',
    language: 'es',
    languageName: 'Spanish',
    share: 12,
    female: ['Begoña', 'Concepción', 'Inés', 'Lucía', 'María José', 'Pilar', 'Sofía', 'Ximena'],
    male: ['Álvaro', 'Andrés', 'Íñigo', 'Jesús', 'José María', 'Julián', 'Ramón', 'Sebastián'],
    stems: ['Ejempl', 'Muestr', 'Ficción', 'Ensay', 'Model'],
    endings: same('ez', 'áñez', 'ández', 'íbar'),
    two: true,
  },
  {
    culture: 'polish',
    language: 'pl',
    languageName: 'Polish',
    share: 7,
    female: ['Agnieszka', 'Bożena', 'Grażyna', 'Małgorzata', 'Wiesława', 'Żaneta'],
    male: ['Bartłomiej', 'Grzegorz', 'Łukasz', 'Paweł', 'Sławomir', 'Zbigniew'],
    stems: ['Przykład', 'Wzorcz', 'Prób', 'Fikcj', 'Szkic'],
    endings: [
      ['owska', 'owski'],
      ['icka', 'icki'],
      ['ińska', 'iński'],
    ],
  },
  {
    culture: 'indian',
    language: 'hi',
    languageName: 'Hindi',
    share: 14,
    female: ['Aaradhya', 'Deepika', 'Gauri', 'Kavya', 'Lakshmi', 'Meera', 'Priya', 'Saraswati', 'Shreya', 'Vidya'],
    male: ['Arjun', 'Devendra', 'Ganesh', 'Harish', 'Karthik', 'Manoj', 'Rajesh', 'Suresh', 'Venkat', 'Vikram'],
    stems: ['Udaharan', 'Namuna', 'Kalpanik', 'Pratirup', 'Kalpit'],
    endings: same('kar', 'wala', 'iyer', 'gowda', 'nathan'),
  },
  {
    culture: 'turkish',
    language: 'tr',
    languageName: 'Turkish',
    share: 4,
    female: ['Ayşe', 'Çiğdem', 'Gülşen', 'Özlem', 'Şule', 'Yıldız'],
    male: ['Çağrı', 'Doğan', 'Gökhan', 'İsmail', 'Ömer', 'Tuğrul'],
    stems: ['Örnek', 'Kurgu', 'Taslak', 'Deneme'],
    endings: same('oğlu', 'çı', 'taş'),
  },
]

export const STREETS = [
  'Placeholder Lane',
  'Lorem Street',
  'Ipsum Road',
  'Dolor Avenue',
  'Quux Crescent',
  'Sample Square',
  'Template Terrace',
  'Fixture Way',
]

/** Places on no map; `ZZ` is the country that ISO 3166 never assigns. */
export const TOWNS = [
  { city: 'Fablemere', postal: '00110' },
  { city: 'Sampleford', postal: '00120' },
  { city: 'Mockington', postal: '00135' },
  { city: 'Prüfstadt', postal: '00210' },
  { city: 'Exempelby', postal: '00245' },
  { city: 'Saint-Modèle', postal: '00310' },
  { city: 'Namunapur', postal: '00420' },
  { city: 'Örnekköy', postal: '00450' },
]
