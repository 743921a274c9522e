import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { pinnedFile, pulledImages } from './pinned.mjs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const compose = read('docker-compose.yml');
const pulled = pulledImages(compose, read('infra/docker/Dockerfile'));
const images = [...new Set<string>([pulled.base, ...Object.values<string>(pulled.images)])];
const digests = Object.fromEntries(images.map((image, at) => [image, `sha256:${String(at).repeat(64)}`]));

describe('docker-compose.pinned.yml', () => {
  it('pins every pulled image, and the base image of the services', () => {
    const { services } = parse(compose, { merge: true });
    const pinned = parse(pinnedFile(pulled, digests, '2026-11-29')).services;
    const unpinned = Object.keys(services).filter(
      (name) => !pinned[name] && services[name].image !== services.order.image,
    );
    expect(unpinned).toEqual([]);
    expect(pinned.kafka).toEqual({ image: `${services.kafka.image}@${digests[services.kafka.image]}` });
    expect(pinned.order).toEqual({ build: { args: { NODE_IMAGE: `${pulled.base}@${digests[pulled.base]}` } } });
  });

  it('is not written without the digest of one of them', () => {
    expect(() => pinnedFile(pulled, { ...digests, [pulled.base]: undefined }, '2026-11-29')).toThrow(
      'There is no digest of node:24-bookworm-slim.',
    );
  });

  it('leaves no image in the Dockerfile that it cannot pin', () => {
    const from = [...read('infra/docker/Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(from.filter((image) => image!.includes(':'))).toEqual([]);
  });
});
