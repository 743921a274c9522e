import { Title } from '@mantine/core';
import classes from './docs.module.css';
import type { Content, Operation, Parameter } from './open-api.js';
import type { JsonSchema } from './schema.js';
import { SchemaTable } from './schema-table.js';

/** The parameters, body and responses of an operation. */
export function OperationDocs({ operation }: { readonly operation: Operation }) {
  const body = schemaIn(operation.requestBody?.content);
  const parameters = operation.parameters ?? [];
  return (
    <>
      {operation.description && <p className={classes.text}>{operation.description}</p>}
      {parameters.length > 0 && (
        <>
          <Title order={4} size="h6">
            Parameters
          </Title>
          <SchemaTable schema={asSchema(parameters)} what="Parameters" />
        </>
      )}
      {body && (
        <>
          <Title order={4} size="h6" mt="sm">
            Body
          </Title>
          <SchemaTable schema={body} what="Body" />
        </>
      )}
      <Title order={4} size="h6" mt="sm">
        Answers
      </Title>
      <dl className={classes.answers}>
        {Object.entries(operation.responses).map(([status, { description, content }]) => (
          <div key={status}>
            <dt className="tabular">{status}</dt>
            <dd>
              {description}
              {Number(status) < 300 && schemaIn(content) && (
                <SchemaTable schema={schemaIn(content)!} what={`Answer ${status}`} />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

const schemaIn = (content: Content | undefined): JsonSchema | undefined => Object.values(content ?? {})[0]?.schema;

/** Maps parameters to the fields of an object. */
const asSchema = (parameters: readonly Parameter[]): JsonSchema => ({
  properties: Object.fromEntries(
    parameters.map(({ name, in: place, description, schema }) => [
      name,
      { ...schema, description: [`in the ${place}`, description].filter(Boolean).join(': ') },
    ]),
  ),
  required: parameters.filter(({ required }) => required).map(({ name }) => name),
});
