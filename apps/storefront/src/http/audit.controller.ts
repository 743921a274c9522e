import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ENVIRONMENT, Problem } from '@quadrille/service';
import type { StorefrontEnvironment } from '../environment.js';
import { bodyOf, look } from '../stage/asking.js';

const HOW_TO_START =
  'No auditor is known here (AUDITOR_URL). Start one with: npx quadrille audit --every-seconds 30 --metrics-port 9464';

/** What the auditor says, who looks at the system from outside. */
@ApiTags('operation')
@Controller('audit')
export class AuditController {
  constructor(@Inject(ENVIRONMENT) private readonly env: StorefrontEnvironment) {}

  @Get('verdict')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The seven promises, as the auditor saw them last' })
  @ApiResponse({ status: 200, description: 'The verdict on each, with the numbers and when.' })
  @ApiResponse({ status: 501, description: 'Nobody said where the auditor is (AUDITOR_URL).' })
  @ApiResponse({ status: 503, description: 'The auditor does not answer.' })
  async verdict(): Promise<unknown> {
    const { AUDITOR_URL } = this.env;
    if (!AUDITOR_URL) throw new Problem(501, 'no-auditor', HOW_TO_START);
    const verdict = bodyOf(await look(`${AUDITOR_URL}/verdict`));
    if (verdict !== undefined) return verdict;
    throw new Problem(503, 'auditor-away', `The auditor does not answer at ${AUDITOR_URL}, or has not looked yet.`, {
      retryAfterSeconds: 5,
    });
  }
}
