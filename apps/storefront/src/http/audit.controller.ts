import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ENVIRONMENT, Operator } from '@quadrille/nest';
import type { StorefrontEnvironment } from '../environment.js';
import { type Answer, look, type Silence } from '../stage/asking.js';

/** What the storefront knows of the auditor. That there is none, or that it has not looked yet, is an answer as well. */
export interface Audited {
  /** False where nobody said where an auditor is (AUDITOR_URL). */
  readonly configured: boolean;
  /** As the auditor tells it at `/verdict`, or told it last: with `error` and `since` then. Null when there is nothing to tell. */
  readonly judged: unknown;
  /** Why there is no verdict, or none newer; null when there is one. */
  readonly why: string | null;
}

/** What the auditor says, who looks at the system from outside. */
@ApiTags('operation')
@Controller('audit')
export class AuditController {
  constructor(@Inject(ENVIRONMENT) private readonly env: StorefrontEnvironment) {}

  @Operator()
  @Get('verdict')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The seven promises, as the auditor saw them last' })
  @ApiResponse({ status: 200, description: 'The verdict on each, with the numbers and when; or why there is none.' })
  async verdict(): Promise<Audited> {
    const { AUDITOR_URL } = this.env;
    if (!AUDITOR_URL) return { configured: false, judged: null, why: 'Nobody said where an auditor is (AUDITOR_URL).' };
    return auditedIn(await look(`${AUDITOR_URL}/verdict`));
  }
}

/** What an answer of the auditor comes to. */
export function auditedIn(answer: Answer | Silence): Audited {
  if (typeof answer === 'string') return { configured: true, judged: null, why: 'The auditor does not answer.' };
  const error = (answer.body?.error ?? null) as string | null;
  if (answer.status === 200) return { configured: true, judged: answer.body, why: error };
  const { last, since } = answer.body ?? {};
  if (last && error) return { configured: true, judged: { ...last, error, since }, why: error };
  return { configured: true, judged: null, why: error ? `It cannot look yet: ${error}` : 'It has not looked yet.' };
}
