import { describe, expect, it } from '@jest/globals';
import { KafkaUnreachable } from '@quadrille/kafka';
import { NewerSchema } from '@quadrille/runtime';
import { brokerProblem, databaseProblem, listenProblem, onceItAnswers } from './boot-problems.js';

const URL = 'postgres://order:s3cret@127.0.0.1:5432/order?sslmode=disable';
const failure = (code: string, message = 'it failed') => Object.assign(new Error(message), { code });
const problemOf = (cause: Error) =>
  brokerProblem(['127.0.0.1:9092'], new KafkaUnreachable(['127.0.0.1:9092'], cause)).message;
const messageOf = (problem: unknown) => (problem as Error).message;

describe('a startup problem', () => {
  it.each([
    ['ECONNREFUSED', 'nothing listens there. Start PostgreSQL, or correct DATABASE_URL.'],
    ['ENOTFOUND', 'there is no host of that name. Correct DATABASE_URL.'],
    ['28P01', 'the user or the password is refused. Correct DATABASE_URL.'],
    ['CERT_HAS_EXPIRED', 'its certificate has expired. Renew it on the server.'],
    ['3D000', 'there is no such database. Create it, or correct DATABASE_URL.'],
  ])('with the error %s of the database is a sentence with the remedy', (code, sentence) => {
    const problem = messageOf(databaseProblem(failure(code), URL));
    expect(problem).toBe(`The database postgres://order@127.0.0.1:5432/order cannot be used: ${sentence}`);
  });

  it('of the database of personal data keys names its own variable', () => {
    const problem = databaseProblem(failure('ECONNREFUSED'), 'postgres://keys@db/keys', 'PERSONAL_DATA_DATABASE_URL');
    expect(messageOf(problem)).toBe(
      'The database postgres://keys@db/keys cannot be used: nothing listens there. Start PostgreSQL, or correct PERSONAL_DATA_DATABASE_URL.',
    );
  });

  it('is found in a list of connection attempts, too', () => {
    const attempts = new AggregateError([failure('ECONNREFUSED'), failure('ECONNREFUSED')]);
    expect(messageOf(databaseProblem(attempts, URL))).toMatch(/nothing listens there/);
  });

  it('names a database that does not answer', () => {
    expect(messageOf(databaseProblem(new Error('timeout expired'), URL))).toMatch(/it does not answer/);
  });

  it('does not replace the error of a bug, which retains its stack', () => {
    const bug = failure('42601', 'syntax error at or near "form"');
    expect(databaseProblem(bug, URL)).toBe(bug);
  });

  it('names a port in use', () => {
    expect(messageOf(listenProblem(failure('EADDRINUSE'), '127.0.0.1', 3001))).toBe(
      'Port 3001 on 127.0.0.1 is in use. Stop the program that uses it, or set PORT to another.',
    );
  });

  it('names the unknown migration of a newer database', () => {
    expect(messageOf(databaseProblem(new NewerSchema(['AddLoyalty1790000000000']), URL))).toBe(
      'The database has a newer version: this build does not contain its migration AddLoyalty1790000000000. ' +
        'Deploy the newer service, or restore the database from before it. If it is a migration of your application, give your DataSource another migrationsTableName.',
    );
  });

  it('names a missing broker', () => {
    expect(problemOf(new Error('connect ECONNREFUSED'))).toBe(
      'No Kafka broker answers at 127.0.0.1:9092: connect ECONNREFUSED. Start it, or correct KAFKA_BROKERS.',
    );
  });

  it.each([
    [
      failure('SELF_SIGNED_CERT_IN_CHAIN'),
      'no authority that is known here has signed its certificate. Set KAFKA_TLS_CA_FILE to that of the cluster.',
    ],
    [
      failure('ERR_SSL_WRONG_VERSION_NUMBER'),
      'it does not speak TLS there. Correct KAFKA_BROKERS, or unset KAFKA_TLS.',
    ],
    [
      Object.assign(new Error('SASL SCRAM SHA512 authentication failed'), { name: 'KafkaJSSASLAuthenticationError' }),
      'it refuses the user or the password. Correct KAFKA_SASL_USERNAME and the password, or make the user there.',
    ],
  ])('names the reason of a broker that refuses the client: %s', (cause, sentence) => {
    expect(problemOf(cause)).toBe(`Kafka at 127.0.0.1:9092 cannot be used: ${sentence}`);
  });
});

const starting = Object.assign(new Error('the database system is starting up'), { code: '57P03' });
const slow = new Error('Connection terminated due to connection timeout', { cause: new Error('terminated') });
const locked = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** Work that fails with these errors, and then succeeds. */
const failing = (...errors: Error[]) => {
  let attempts = 0;
  const work = async () => {
    const error = errors[attempts++];
    if (error) throw error;
    return 'open';
  };
  return { work, attempts: () => attempts };
};

describe('a database at boot', () => {
  it('gets another attempt while it starts or is too busy to answer', async () => {
    const { work, attempts } = failing(starting, slow);
    expect(await onceItAnswers(work)).toBe('open');
    expect(attempts()).toBe(3);
  });

  it.each([refused, locked])('gets one attempt if it answers, or nothing listens: $message', async (error) => {
    const { work, attempts } = failing(error);
    await expect(onceItAnswers(work)).rejects.toBe(error);
    expect(attempts()).toBe(1);
  });

  it('gets no attempt after the limit', async () => {
    const { work } = failing(...Array.from({ length: 10 }, () => slow));
    await expect(onceItAnswers(work, 0)).rejects.toBe(slow);
  });
});
