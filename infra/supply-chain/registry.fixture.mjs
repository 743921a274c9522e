// A registry with one image: node registry.fixture.mjs forked, sends its port and the digest of its image.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const TYPE = 'application/vnd.oci.image.index.v1+json';
const index = JSON.stringify({ schemaVersion: 2, mediaType: TYPE, manifests: [] });
const digest = `sha256:${createHash('sha256').update(index).digest('hex')}`;

const server = createServer(({ method, url }, response) => {
  if (!['17', digest].some((reference) => url === `/v2/postgres/manifests/${reference}`)) {
    response.writeHead(404, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'not found' }] }));
  }
  response.writeHead(200, { 'content-type': TYPE, 'docker-content-digest': digest, 'content-length': index.length });
  return response.end(method === 'HEAD' ? undefined : index);
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, digest }));
