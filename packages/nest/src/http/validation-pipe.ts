import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { compiled } from '@quadrille/choreography';
import { z } from 'zod';
import { InvalidInput } from './invalid-input.js';

type Schema = NonNullable<ArgumentMetadata['schema']>;
type Result = Awaited<ReturnType<Schema['~standard']['validate']>>;

/**
 * Validates parameters with `@Body({ schema })`, `@Query({ schema })` or `@Param('id', { schema })` and returns the output of the
 * schema. Throws {@link InvalidInput}.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  /** Returns a promise only for an asynchronous schema. */
  transform(value: unknown, { schema, type, data }: ArgumentMetadata): unknown {
    if (!schema) return value;
    const taken = (result: Result): unknown => {
      if (!result.issues) return result.value;
      const from = type === 'body' ? 'body' : 'parameter';
      throw new InvalidInput(value, result.issues, { from, ...(data && { name: data }) });
    };
    const result = fastest(schema)['~standard'].validate(value);
    return result instanceof Promise ? result.then(taken) : taken(result);
  }
}

const fastest = (schema: Schema): Schema => (schema instanceof z.ZodType ? compiled(schema) : schema);
