import type { AccessRule } from '@quadrille/choreography';

/** Formats rules as shell commands: one line for the same rights of one user. */
export function accessRulesAsCommands(rules: readonly AccessRule[]): string[] {
  const lines = new Map<string, AccessRule[]>();
  for (const rule of rules) {
    const alike = JSON.stringify([rule.principal, rule.resource, rule.pattern, rule.operations]);
    lines.set(alike, [...(lines.get(alike) ?? []), rule]);
  }
  return [...lines.values()].map((alike) => {
    const [{ principal, resource, pattern, operations }] = alike as [AccessRule];
    return [
      'kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --command-config admin.properties --add',
      `--allow-principal ${principal}`,
      ...operations.map((operation) => `--operation ${inPascalCase(operation)}`),
      ...(pattern === 'prefixed' ? ['--resource-pattern-type prefixed'] : []),
      ...alike.map(({ name }) => `--${resource} ${name}`),
    ].join(' ');
  });
}

/** `DescribeConfigs`: the spelling in Kafka's commands. */
const inPascalCase = (operation: string): string =>
  operation.replace(/([A-Z])([A-Z]*)_?/g, (_, first: string, rest: string) => first + rest.toLowerCase());
