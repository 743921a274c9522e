import { describe, expect, it } from '@jest/globals';
import { Conflict } from '@quadrille/choreography';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import { CommitInDoubt, fromDatabase, messageOf, SilentRollback, scopeOf } from './pg-errors.js';

const failure = (message: string, code?: string, more = {}) =>
  Object.assign(new Error(message), code && { code }, more);

describe('the scope of an error', () => {
  it.each([
    ['a store that was too late', new Conflict('a pot'), 'conflict'],
    ['a serialization failure', failure('could not serialize', '40001'), 'conflict'],
    ['a deadlock', failure('deadlock detected', '40P01'), 'conflict'],
    ['a violated constraint', failure('duplicate key', '23505'), 'input'],
    ['a number out of range', failure('out of range', '22003'), 'input'],
    ['an exception of a trigger', failure('not with me', 'P0001'), 'input'],
    [
      'a row that row-level security refuses',
      failure('violates', '42501', { routine: 'ExecWithCheckOptions' }),
      'input',
    ],
    ['a code that is in no list', failure('my own', '99ABC'), 'input'],
    ['a lock timeout', failure('canceling statement due to lock timeout', '55P03'), 'locked'],
    ['a statement that took too long', failure('canceling statement due to statement timeout', '57014'), 'locked'],
    ['a session that an administrator ends', failure('terminating connection', '57P01'), 'connection'],
    ['an idle session that is ended', failure('terminating connection', '57P05'), 'connection'],
    [
      'a plan that a migration has made stale',
      failure('cached plan must not change', '0A000', { routine: 'RevalidateCachedQuery' }),
      'connection',
    ],
    [
      'a session ended for a conflict with recovery',
      failure('terminating', '40001', { severity: 'FATAL' }),
      'connection',
    ],
    ['an exhausted pool', failure('timeout exceeded when trying to connect'), 'connection'],
    ['a connection that broke', failure('Connection terminated unexpectedly'), 'connection'],
    ['a reset of a connection to the database', fromDatabase(failure('read ECONNRESET', 'ECONNRESET')), 'connection'],
    [
      'all attempts to connect refused',
      fromDatabase(new AggregateError([failure('connect', 'ECONNREFUSED')])),
      'connection',
    ],
    [
      'one of these inside another',
      new Error('query failed', { cause: failure('terminating', '57P01') }),
      'connection',
    ],
    [
      'an error wrapped by TypeORM',
      failure('query failed', undefined, { driverError: failure('gone', '42P01') }),
      'deployment',
    ],
    ['a commit without an answer', new CommitInDoubt(failure('Connection terminated unexpectedly')), 'connection'],
    ['an error that was swallowed', new SilentRollback(failure('division by zero', '22012')), 'input'],
    [
      'a server that was made read-only',
      failure('cannot execute INSERT in a read-only transaction', '25006'),
      'database',
    ],
    ['a full disk', failure('could not extend file', '53100'), 'database'],
    ['too many connections', failure('sorry, too many clients already', '53300'), 'database'],
    ['a server that starts', failure('the database system is starting up', '57P03', { severity: 'FATAL' }), 'database'],
    ['a table that is not there', failure('relation "pots" does not exist', '42P01'), 'deployment'],
    ['a grant that is not there', failure('permission denied for table pots', '42501'), 'deployment'],
    ['a wrong password', failure('password authentication failed', '28P01', { severity: 'FATAL' }), 'deployment'],
    ['a database that is not there', failure('does not exist', '3D000', { severity: 'FATAL' }), 'deployment'],
  ])('of %s', (_, error, scope) => {
    expect(scopeOf(error)).toBe(scope);
  });

  it.each([
    ['a caller who hangs up', failure('aborted', 'ECONNRESET', { statusCode: 400 })],
    ['a broken pipe, whose code looks like an SQLSTATE', failure('write EPIPE', 'EPIPE')],
    ['a bug', new TypeError('x is undefined')],
    ['no error at all', undefined],
  ])('is undefined for %s', (_, error) => {
    expect(scopeOf(error)).toBeUndefined();
  });

  it('is found, or not, in any thrown value', () => {
    const code = fc.stringMatching(/^[0-9A-Z]{5}$/);
    const thrown = fc.letrec((tie) => ({
      any: fc.oneof(fc.anything(), fc.record({ code, message: fc.string(), cause: tie('any'), severity: fc.string() })),
    })).any;
    fc.assert(
      fc.property(thrown, (error) => {
        scopeOf(error);
        expect(typeof messageOf(error)).toBe('string');
      }),
      { numRuns: fuzzRuns(1_000) },
    );
  });

  it('is found in an error that is its own cause', () => {
    const error: Error & { cause?: unknown } = new Error('round');
    error.cause = error;
    expect(scopeOf(error)).toBeUndefined();
  });
});
