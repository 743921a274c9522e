import { describe, expect, it } from '@jest/globals';
import { logLevel } from 'kafkajs';
import { type Log, routeTo } from './log.js';

function logged(namespace: string, level: logLevel, message: string, fields: object = {}) {
  const lines: unknown[] = [];
  const line = (at: string) => (obj: object, msg: string) => lines.push([at, obj, msg]);
  const log: Log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  routeTo(log)(level)({ namespace, level, label: '', log: { timestamp: '', message, ...fields } });
  return lines;
}

describe('a log line of kafkajs', () => {
  it('is a warning if it is an error in kafkajs, which usually retries', () => {
    const lines = logged('Runner', logLevel.ERROR, 'Oh', { topic: 't', retryCount: 2 });
    expect(lines).toEqual([['warn', { kafkajs: 'Runner', topic: 't', retryCount: 2 }, 'Oh']]);
  });

  it('has the level debug if it is routine, or reported elsewhere', () => {
    expect(logged('Consumer', logLevel.INFO, 'Starting')).toEqual([['debug', { kafkajs: 'Consumer' }, 'Starting']]);
    expect(logged('Connection', logLevel.ERROR, 'Closed')).toEqual([['debug', { kafkajs: 'Connection' }, 'Closed']]);
    const away = 'Failed to connect to seed broker, trying another broker from the list: connect ECONNREFUSED';
    expect(logged('BrokerPool', logLevel.ERROR, away)).toEqual([['debug', { kafkajs: 'BrokerPool' }, away]]);
    const failed = 'Failed to send messages: This server is not the leader for that topic-partition';
    expect(logged('Producer', logLevel.ERROR, failed)).toEqual([['debug', { kafkajs: 'Producer' }, failed]]);
  });

  it('carries no payload, configuration or credential', () => {
    const secret = { sasl: { password: 'p' }, payload: Buffer.from('x'), stack: 's', config: {} };
    expect(logged('Broker', logLevel.WARN, 'Oh', secret)).toEqual([['warn', { kafkajs: 'Broker' }, 'Oh']]);
  });
});
