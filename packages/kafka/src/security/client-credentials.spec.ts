import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientCredentials } from './client-credentials.js';
import { refusalOf } from './refusal.js';

const requests: IncomingMessage[] = [];
let answer = { status: 200, body: {} as object };
const server = createServer((request, response) => {
  requests.push(request);
  request.resume().on('end', () => {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
});
let tokenUrl: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
});
afterAll(() => void server.close());
const service = () => clientCredentials({ tokenUrl, clientId: 'order', secret: () => 's3:cret' });

describe('a token for a service', () => {
  it('is requested once, with its own credentials', async () => {
    answer = { status: 200, body: { access_token: 'first', expires_in: 300 } };
    requests.length = 0;
    const token = service();
    expect(await Promise.all([token(), token()])).toEqual(['first', 'first']);
    expect(await token()).toBe('first');
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${Buffer.from('order:s3%3Acret').toString('base64')}`,
    ]);
  });

  it('is requested again after it has expired', async () => {
    answer = { status: 200, body: { access_token: 'first', expires_in: 0 } };
    const token = service();
    expect(await token()).toBe('first');
    answer = { status: 200, body: { access_token: 'second', expires_in: 300 } };
    expect(await token()).toBe('second');
  });

  it('is reported with its URL if it is refused, and requested again the next time', async () => {
    answer = { status: 401, body: { error: 'invalid_client' } };
    const token = service();
    const error = await token().catch((refused: unknown) => refused);
    expect(refusalOf(error)).toBe(
      `No token comes from ${tokenUrl}: it answers 401. Correct KAFKA_SASL_TOKEN_URL, KAFKA_SASL_CLIENT_ID or the client's secret.`,
    );
    answer = { status: 200, body: {} };
    await expect(token()).rejects.toThrow('its answer has no access_token');
  });
});
