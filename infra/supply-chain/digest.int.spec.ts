import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { digestOf } from './digest.mjs';

const REGISTRY = fileURLToPath(new URL('./registry.fixture.mjs', import.meta.url));
/** It queries registries itself, without an engine. */
const there = spawnSync('docker', ['buildx', 'version'], { stdio: 'ignore' }).status === 0;
const whereItCan = there ? describe : describe.skip;

whereItCan(`the digest of an image${there ? '' : ' (skipped, because docker buildx is not installed)'}`, () => {
  let registry: ChildProcess;
  let image: string;
  let digest: string;
  // In a separate process, because the query blocks this one.
  beforeAll(async () => {
    registry = fork(REGISTRY, { execArgv: [] });
    const [served] = (await once(registry, 'message')) as [{ port: number; digest: string }];
    digest = served.digest;
    image = `localhost:${served.port}/postgres`;
  });
  afterAll(() => void registry?.kill());

  it('is that of the tag in the registry', () => {
    expect(digestOf(`${image}:17`)).toBe(digest);
  });

  it('is an error if the registry has none', () => {
    expect(() => digestOf(`${image}:18`)).toThrow(/^The registry returns no digest of .*:18: .*not found/);
  });
});
