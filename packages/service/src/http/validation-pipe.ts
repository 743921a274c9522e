import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { InvalidInput } from './invalid-input.js';

/**
 * Validates what a controller asks for with `@Body({ schema })`, `@Query({ schema })` or `@Param('id', { schema })`
 * and hands on what the schema made of it. Throws {@link InvalidInput}.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  /** Only a schema that answers later makes the request wait for a promise. */
  transform(value: unknown, { schema, type, data }: ArgumentMetadata): unknown {
    if (!schema) return value;
    const taken = (result: Result): unknown => {
      if (!result.issues) return result.value;
      const from = type === 'body' ? 'body' : 'parameter';
      throw new InvalidInput(value, result.issues, { from, ...(data && { name: data }) });
    };
    const result = schema['~standard'].validate(value);
    return result instanceof Promise ? result.then(taken) : taken(result);
  }
}

type Result = Awaited<ReturnType<NonNullable<ArgumentMetadata['schema']>['~standard']['validate']>>;
