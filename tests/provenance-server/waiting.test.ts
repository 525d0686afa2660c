// Whoever waits for the log waits with others, on one look at it; whoever is one too many is answered as pending at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Growth, growthOf, WAITING_MAX } from '../../src/interactions/provenance/growth.ts'
import { elapsed } from '../../src/kernel/clock.ts'
import { CREATE, type LogServer, logServer } from './log-server.ts'

let server: LogServer
beforeAll(async () => {
  server = await logServer({ signs: false })
})
afterAll(() => server.close())

const looks = () => server.statements.filter((sql) => /from log_checkpoint/.test(sql)).length

describe('many who wait', () => {
  it('attack: as many as may wait do, and one more is answered as pending at once', async () => {
    const growth = growthOf(server.database)
    server.statements.length = 0
    const end = elapsed() + 3000
    const waiting = Array.from({ length: WAITING_MAX }, () => growth.beyond(0, end))
    const { extensions } = await server.ask(CREATE, { wait: true })
    expect(elapsed()).toBeLessThan(end)
    expect(extensions.provenance).toMatchObject([{ status: 'pending' }])
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([false]))
    // One look every 20 ms for all of them together.
    expect(looks()).toBeLessThan(170)
  })

  it('leave the place to others when they are answered', async () => {
    const began = elapsed()
    await server.ask(CREATE, { wait: true })
    expect(elapsed() - began).toBeGreaterThan(4500)
  }, 15_000)
})

describe('growth', () => {
  const signed = (size: number) =>
    server.owner.query({ sql: "insert into log_checkpoint values ($1, 'x')", parameters: [size] })

  it('is told to everybody who waits for as much, and to nobody else', async () => {
    const growth = new Growth(server.database)
    const soon = elapsed() + 600
    const waiting = [growth.beyond(0, elapsed() + 5000), growth.beyond(6, elapsed() + 5000), growth.beyond(7, soon)]
    await signed(7)
    expect(await Promise.all(waiting)).toEqual([true, true, false])
    expect(elapsed()).toBeGreaterThanOrEqual(soon)
  })

  it('is not waited for by one too many', async () => {
    const growth = new Growth(server.database, 2)
    const two = [growth.beyond(7, elapsed() + 5000), growth.beyond(7, elapsed() + 5000)]
    const began = elapsed()
    expect(await growth.beyond(7, elapsed() + 5000)).toBe(false)
    expect(elapsed() - began).toBeLessThan(100)
    await signed(8)
    expect(await Promise.all(two)).toEqual([true, true])
    expect(await growth.beyond(7, elapsed() + 5000)).toBe(true)
  })

  it('does not come where the log cannot be read, and nobody is left waiting', async () => {
    const query = async () => Promise.reject(new Error('no database'))
    expect(await new Growth({ query }).beyond(0, elapsed() + 100)).toBe(false)
  })
})
