import { describe, expect, it } from '@jest/globals';
import { nestLog, serviceLog } from './logging.js';

function logTo() {
  const lines: any[] = [];
  const log = serviceLog(
    'order',
    { LOG_LEVEL: 'debug', LOG_PRETTY: false },
    {
      write: (line: string) => void lines.push(JSON.parse(line)),
    },
  );
  return { log, lines };
}

describe('a line of the log', () => {
  it('has the service, the level as a word and the time', () => {
    const { log, lines } = logTo();
    log.info({ correlationId: 'o1' }, 'ready');
    expect(lines[0]).toMatchObject({ service: 'order', level: 'info', correlationId: 'o1', msg: 'ready' });
    expect(new Date(lines[0].time).getTime()).toBeGreaterThan(0);
  });

  it('has no secret, at any depth', () => {
    const { log, lines } = logTo();
    log.info({
      headers: { authorization: 'Bearer s3cret' },
      env: { DATABASE_URL: 's3cret', KAFKA_SASL_PASSWORD: 's3cret', KAFKA_SASL_CLIENT_SECRET: 's3cret' },
      payment: { token: 's3cret' },
    });
    expect(JSON.stringify(lines)).not.toContain('s3cret');
  });

  it('has no password of a URL that an error quotes', () => {
    const { log, lines } = logTo();
    log.error({ err: new Error('cannot reach postgres://order:s3cret@db:5432/order') }, 'away');
    expect(lines[0].err.message).toBe('cannot reach postgres://order:***@db:5432/order');
    expect(JSON.stringify(lines)).not.toContain('s3cret');
  });

  it('is also written for Nest, with its context', () => {
    const { log, lines } = logTo();
    nestLog(log).warn('slow', 'Router');
    nestLog(log).error(new Error('broken'), 'stack', 'Router');
    nestLog(log).log('Mapped {/health}', 'RouterExplorer');
    nestLog(log).error('Error: listen EADDRINUSE', undefined, 'NestApplication');
    expect(lines.map(({ level, context }) => [level, context])).toEqual([
      ['warn', 'Router'],
      ['error', 'Router'],
      ['debug', 'RouterExplorer'],
      ['debug', 'NestApplication'],
    ]);
  });

  it('retains the fields of lines that an app writes through Nest', () => {
    const { log, lines } = logTo();
    nestLog(log).log({ msg: 'not sent', orderId: 'o1' }, 'mail');
    expect(lines[0]).toMatchObject({ msg: 'not sent', orderId: 'o1', context: 'mail' });
  });
});
