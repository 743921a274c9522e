import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from '@jest/globals';
import { billOf, billOfImage, productionNeeds } from './bill.mjs';

const LOCK = {
  packages: {
    '': { name: 'house', version: '1.0.0' },
    'packages/kafka': {
      name: '@house/kafka',
      version: '1.0.0',
      dependencies: { kafkajs: '2.2.4' },
      devDependencies: { jest: '30.0.0' },
    },
    // A run-time dependency of the first, a development dependency of the second.
    'packages/outbox': { name: '@house/outbox', version: '1.0.0', devDependencies: { kafkajs: '2.2.4' } },
    'node_modules/@house/kafka': { resolved: 'packages/kafka', link: true },
    'apps/order': { name: '@house/order', version: '1.0.0', dependencies: { '@house/kafka': '1.0.0', long: '5.0.0' } },
    'apps/order/node_modules/long': { version: '5.0.0' },
    'node_modules/long': { version: '4.0.0' },
    'node_modules/kafkajs': {
      version: '2.2.4',
      dependencies: { long: '^4.0.0' },
      peerDependencies: { lz4: '*', snappy: '*' },
      peerDependenciesMeta: { lz4: { optional: true } },
    },
    'node_modules/lz4': { version: '1.0.0' },
    'node_modules/jest': { version: '30.0.0' },
  },
};
const needs = productionNeeds(LOCK);

describe('a bill of materials', () => {
  it('has run-time dependencies, in the copy that Node resolves, and no development dependencies or optional peers', () => {
    expect(Object.fromEntries([...needs].map(([ref, found]) => [ref, [...found]]))).toMatchObject({
      '@house/kafka@1.0.0': ['kafkajs@2.2.4'],
      '@house/outbox@1.0.0': [],
      '@house/order@1.0.0': ['@house/kafka@1.0.0', 'long@5.0.0'],
      'kafkajs@2.2.4': ['long@4.0.0'],
    });
  });

  it('of one package describes that package, with only its own dependencies', () => {
    const refs = [
      '@house/kafka@1.0.0',
      '@house/order@1.0.0',
      'kafkajs@2.2.4',
      'long@4.0.0',
      'long@5.0.0',
      'jest@30.0.0',
    ];
    const whole = {
      metadata: { component: { 'bom-ref': 'house@1.0.0' } },
      components: refs.map((ref) => ({ 'bom-ref': ref })),
    };
    const bill = billOf(whole, needs, ['@house/kafka@1.0.0'], '@house/kafka@1.0.0');
    expect(bill.metadata.component).toEqual({ 'bom-ref': '@house/kafka@1.0.0' });
    expect(bill.components.map((each: { 'bom-ref': string }) => each['bom-ref'])).toEqual([
      'kafkajs@2.2.4',
      'long@4.0.0',
    ]);
    expect(bill.dependencies[0]).toEqual({ ref: '@house/kafka@1.0.0', dependsOn: ['kafkajs@2.2.4'] });
  });

  it('of an image is valid CycloneDX, with packages of npm and of Debian, each once', async () => {
    const scoped = { name: '@nestjs/core', version: '12.5.1', licence: 'MIT' };
    const bill = billOfImage('quadrille-services', 'sha256:1', {
      packages: [scoped, scoped, { name: 'sharp', version: '1.0.0', licence: 'MIT OR Apache-2.0' }],
      debian: [{ name: 'libc6', version: '2.36-9+deb12u10', architecture: 'amd64' }],
      release: 'bookworm',
      node: '24.22.3',
    });
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot5).validate(JSON.stringify(bill))).toBeNull();
    expect(bill.components.map(({ purl }: { purl: string }) => purl)).toEqual([
      'pkg:generic/node@24.22.3',
      'pkg:npm/%40nestjs/core@12.5.1',
      'pkg:npm/sharp@1.0.0',
      'pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=bookworm',
    ]);
  });
});
