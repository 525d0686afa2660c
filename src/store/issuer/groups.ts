// What a user belongs to: Group, CareTeam and PractitionerRole resources that name them now. Consents can name these as
// recipients, so only memberships that are in force count: inactive ones and those of another time do not.
import { instant } from '../../kernel/clock.ts'
import { isObject, parseStored } from './stored.ts'
import type { Session } from '../database.ts'
