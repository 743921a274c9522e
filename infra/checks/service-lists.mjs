// The lists of services in files that are not code: each block between "generated: NAME" and "end" is derived from the list of
// services in packages/contracts/src/services.ts.
import {
  adminPortOf,
  DATABASES,
  SAGA_SERVICES,
  SERVICES,
  services,
  variableOf,
  WITH_DATABASE,
  WITH_KEYS,
} from '@quadrille/contracts';

const databaseUrl = (role, password, name) => `postgres://${role}:\${${password}}@${name}-db:5432/${name}`;
const password = (name) => `${variableOf(name, 'DB_PASSWORD')}:-${name}-demo`;
const behind = SERVICES.filter((name) => name !== 'storefront');
const ours = SERVICES.filter((name) => !services[name].external);

const database = (name) => `  ${name}-db:
    <<: *database
    environment:
      SERVICE: ${name}
      SERVICE_PASSWORD: \${${password(name)}}
      READER_PASSWORD: \${READER_DB_PASSWORD:-reader-demo}
      <<: *superuser
    volumes: ['${name}-db:/var/lib/postgresql/data', './infra/postgres:/docker-entrypoint-initdb.d:ro']
`;

const plain = (name) => `  ${name}:
    <<: *service
    command: [apps/${name}/dist/main.js]
    environment:
      <<: ${WITH_KEYS.includes(name) ? '[*environment, *personal-data]' : '*environment'}
      PORT: ${services[name].port}
      ADMIN_PORT: ${adminPortOf(name)}
      DATABASE_URL: ${databaseUrl(name, password(name), name)}
    ports:
      - '127.0.0.1:\${${variableOf(name, 'PORT')}:-${services[name].port}}:${services[name].port}'
      - '127.0.0.1:\${${variableOf(name, 'ADMIN_PORT')}:-${adminPortOf(name)}}:${adminPortOf(name)}'
    depends_on:
      <<: *kafka-ready
      ${name}-db: { condition: service_healthy }
${WITH_KEYS.includes(name) ? '      personal-data-db: { condition: service_healthy }\n' : ''}`;
/** Services with a separate block in the compose file, for variables that no other service has. */
const WITH_SETTINGS = ['storefront', 'order', 'payment', 'notification'];

/** The text of each block by file and name. */
export const BLOCKS = {
  'docker-compose.yml': {
    hosts: [`x-hosts: &hosts '\${ALLOWED_HOSTS:-${SERVICES.join()}}'\n`],
    addresses: [
      ...behind.map((name) => `      ${variableOf(name, 'URL')}: http://${name}:${services[name].port}\n`),
      ...behind
        .filter((name) => !services[name].external)
        .map((name) => `      ${variableOf(name, 'ADMIN_URL')}: http://${name}:${adminPortOf(name)}\n`),
    ],
    'addresses of databases': SAGA_SERVICES.map(
      (name) =>
        `      ${variableOf(name, 'DATABASE_URL')}: ${databaseUrl('reader', 'READER_DB_PASSWORD:-reader-demo', name)}\n`,
    ),
    'plain services': [
      WITH_DATABASE.filter((name) => !WITH_SETTINGS.includes(name))
        .map(plain)
        .join('\n'),
    ],
    databases: [DATABASES.map(database).join('\n')],
    volumes: DATABASES.map((name) => `  ${name}-db:\n`),
  },
  '.env.example': {
    ports: SERVICES.map((name) => `${variableOf(name, 'PORT')}=${services[name].port}\n`),
    'ports for operators': ours.map((name) => `${variableOf(name, 'ADMIN_PORT')}=${adminPortOf(name)}\n`),
    hosts: [`ALLOWED_HOSTS=${SERVICES.join()}\n`],
    passwords: DATABASES.map((name) => `${variableOf(name, 'DB_PASSWORD')}=${name}-demo\n`),
  },
  'infra/prometheus/prometheus.yml': {
    targets: ours.map((name) => `          - ${name}:${adminPortOf(name)}\n`),
    'targets external': SERVICES.filter((name) => services[name].external).map(
      (name) => `          - ${name}:${services[name].port}\n`,
    ),
  },
};

/** The text of a file with its blocks regenerated. Throws if a block has no markers. */
export function withBlocks(path, text) {
  let written = text;
  for (const [name, lines] of Object.entries(BLOCKS[path])) {
    const block = new RegExp(`^( *# generated: ${name}\\n)(?:.*\\n)*?( *# end\\n)`, 'm');
    if (!block.test(written)) throw new Error(`${path} has no block "# generated: ${name}" … "# end".`);
    written = written.replace(block, (_, begin, end) => `${begin}${lines.join('')}${end}`);
  }
  return written;
}
