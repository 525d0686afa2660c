// Where random tests begin. The suite asks the same each time: whoever changes the code hears of the change alone, and can
// look at a red run again. What nobody has asked yet is asked with `SEED=random`, file by file, or with a number.
const given = process.env.SEED ?? '20261122'
if (given !== 'random' && !/^\d+$/.test(given)) throw new Error('SEED is a whole number, or random.')

export const SEED = given === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(given)
