import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ENVIRONMENT, Operator } from '@quadrille/nest';
import type { StorefrontEnvironment } from '../environment.js';
import { type Answer, look, type Silence } from '../stage/requests.js';

/** The auditor's last result. A missing auditor or a missing first run is a valid result, too. */
export interface Audited {
  /** False without a configured auditor (AUDITOR_URL). */
  readonly configured: boolean;
  /** The last response of `/verdict`, with `error` and `since` if it is outdated; null without one. */
  readonly judged: unknown;
  /** The reason for no verdict, or for no newer one; null for a current one. */
  readonly why: string | null;
}

/** The results of the auditor, which checks the system from outside. */
@ApiTags('operation')
@Controller('audit')
export class AuditController {
  constructor(@Inject(ENVIRONMENT) private readonly env: StorefrontEnvironment) {}

  @Operator()
  @Get('verdict')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: "Get the auditor's last verdicts on the seven promises" })
  @ApiResponse({ status: 200, description: 'The verdict on each, with figures and time; or the reason for none.' })
  async verdict(): Promise<Audited> {
    const { AUDITOR_URL } = this.env;
    if (!AUDITOR_URL) return { configured: false, judged: null, why: 'No auditor is configured (AUDITOR_URL).' };
    return auditedIn(await look(`${AUDITOR_URL}/verdict`));
  }
}

/** Interprets a response of the auditor. */
export function auditedIn(answer: Answer | Silence): Audited {
  if (typeof answer === 'string') return { configured: true, judged: null, why: 'The auditor does not respond.' };
  const error = (answer.body?.error ?? null) as string | null;
  if (answer.status === 200) return { configured: true, judged: answer.body, why: error };
  const { last, since } = answer.body ?? {};
  if (last && error) return { configured: true, judged: { ...last, error, since }, why: error };
  return {
    configured: true,
    judged: null,
    why: error ? `The auditor cannot run yet: ${error}` : 'The auditor has not run yet.',
  };
}
