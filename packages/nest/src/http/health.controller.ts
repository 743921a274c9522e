import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Health, HealthService } from '../health-service.js';
import { Probe } from '../identity/access.js';

/** For probes: of Docker, Kubernetes, `npm start`. */
@ApiTags('operation')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Probe()
  @Get('live')
  @ApiOperation({ summary: 'Liveness: fails only if restarting the process would help' })
  @ApiResponse({ status: 200, description: 'It works.' })
  @ApiResponse({ status: 503, description: 'Its consumer is stalled or was given up, or its relay hangs.' })
  async live(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    return answer(await this.health.live(), reply);
  }

  @Probe()
  @Get('ready')
  @ApiOperation({ summary: 'Readiness: whether the service accepts requests, with the state of each part' })
  @ApiResponse({ status: 200, description: 'All parts are ready.' })
  @ApiResponse({ status: 503, description: 'A part is not ready; the body names it.' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    return answer(await this.health.ready(), reply);
  }
}

function answer(health: Health, reply: FastifyReply): Health {
  reply.status(health.ok ? 200 : 503).header('cache-control', 'no-store');
  return health;
}
