import { describe, expect, it } from '@jest/globals';
import { addressOf, brokersIn } from './addresses.js';

describe('the addresses of brokers', () => {
  it.each([
    ['127.0.0.1:9092', ['127.0.0.1:9092']],
    ['[::1]:9092', ['[::1]:9092']],
    ['[fe80::1%eth0]:1', ['[fe80::1%eth0]:1']],
    ['a:9092, b:9093', ['a:9092', 'b:9093']],
    [' a:1 ,b:2 , ', ['a:1', 'b:2']],
    ['broker-0.kafka_headless.svc', ['broker-0.kafka_headless.svc:9092']],
    ['', []],
    [' , ', []],
  ])('are read from %j', (text, brokers) => {
    expect(brokersIn(text)).toEqual(brokers);
  });

  it.each([
    '::1:9092',
    '[::1',
    '[]:9092',
    'a:0',
    'a:70000',
    'a:b',
    'a:1:2',
    ':9092',
    'a b:1',
    'kafka://a:1',
    'a:1,?:2',
    'a;b',
  ])('are not read from %j', (text) => {
    expect(brokersIn(text)).toBeUndefined();
  });

  it('are taken apart for a connection', () => {
    expect(addressOf('[::1]:9093')).toEqual({ host: '::1', port: 9_093 });
    expect(addressOf('localhost')).toEqual({ host: 'localhost', port: 9_092 });
  });
});
