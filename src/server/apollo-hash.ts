// Apollo hashes the text of each operation and looks up node:crypto anew each time, which under tsx's resolver costs a
// tenth of a small read. The module it looks it up with is handed node:crypto straight. Imported for this effect only.
import crypto from 'node:crypto'
import { createRequire } from 'node:module'

const load = createRequire(createRequire(import.meta.url).resolve('@apollo/server'))
const path = load.resolve('@apollo/utils.createhash')
load(path)
const own = load.cache[path]
if (own) own.require = ((name: string) => (name === 'crypto' ? crypto : load(name))) as NodeJS.Require
