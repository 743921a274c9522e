import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

/** The schema of RFC 9457, the format of every error response. */
const ProblemSchema = z.object({
  type: z.string().describe('Stable: `urn:quadrille:problem:<code>`.'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().describe('The path of the request.'),
  requestId: z.string().describe('Finds the request in the log.'),
  errors: z
    .array(z.object({ pointer: z.string().optional(), parameter: z.string().optional(), detail: z.string() }))
    .optional()
    .describe('The problem of each field: of the body by JSON pointer, of path and query by name.'),
});

/** Converts a zod schema for OpenAPI 3.1: JSON Schema 2020-12. Rules without a JSON Schema equivalent are omitted. */
function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema, $defs, ...jsonSchema } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return { schema: jsonSchema as object, components: ($defs ?? {}) as Record<string, any> };
}

/** Generates the OpenAPI 3.1 document of an application's controllers. */
export function openApiDocument(app: INestApplication, service: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(service)
    .setDescription('Refusals and failures are RFC 9457 problems (application/problem+json).')
    .setVersion('1')
    .addGlobalResponse({
      status: 'default',
      description: 'A problem: the request is rejected or failed.',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    })
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: (schema, { schemaType }) =>
      schema instanceof z.ZodType ? jsonSchemaOf(schema, schemaType) : undefined,
  });
  const schemas = { ...document.components?.schemas, Problem: jsonSchemaOf(ProblemSchema, 'output').schema };
  return { ...document, components: { ...document.components, schemas } };
}
