import { describe, expect, it } from '@jest/globals';
import { isDatabaseAway } from './database-away.js';

const failure = (message: string, code?: string) => Object.assign(new Error(message), code && { code });

describe('a failure', () => {
  it.each([
    ['a refused connection', failure('connect', 'ECONNREFUSED')],
    ['all attempts to connect refused', new AggregateError([failure('connect', 'ECONNREFUSED')])],
    ['a shutdown of the server', failure('terminating connection', '57P01')],
    ['too many connections', failure('sorry, too many clients already', '53300')],
    ['a statement that took too long', failure('canceling statement due to statement timeout', '57014')],
    ['a lock that was not to be had', failure('canceling statement due to lock timeout', '55P03')],
    ['an exhausted pool', failure('timeout exceeded when trying to connect')],
    ['a connection that broke', failure('Connection terminated unexpectedly')],
    ['one of these inside another', new Error('query failed', { cause: failure('connect', 'ECONNRESET') })],
  ])('passes when it is %s', (_, error) => {
    expect(isDatabaseAway(error)).toBe(true);
  });

  it.each([
    ['a wrong statement', failure('syntax error', '42601')],
    ['a violated constraint', failure('duplicate key', '23505')],
    ['a bug', new TypeError('x is undefined')],
    ['no error at all', undefined],
  ])('stays when it is %s', (_, error) => {
    expect(isDatabaseAway(error)).toBe(false);
  });
});
