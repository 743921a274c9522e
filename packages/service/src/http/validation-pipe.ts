import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { InvalidInput } from './invalid-input.js';

/**
 * Validates what a controller asks for with `@Body({ schema })`, `@Query({ schema })` or `@Param('id', { schema })`
 * and hands on what the schema made of it. Throws {@link InvalidInput}.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, { schema, type, data }: ArgumentMetadata): Promise<unknown> {
    if (!schema) return value;
    const result = await schema['~standard'].validate(value);
    if (!result.issues) return result.value;
    const from = type === 'body' ? 'body' : 'parameter';
    throw new InvalidInput(value, result.issues, { from, ...(data && { name: data }) });
  }
}
