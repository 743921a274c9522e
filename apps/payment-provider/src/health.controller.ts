import { Controller, Get } from '@nestjs/common';

/** The journal is read before the port opens: who answers is ready. */
@Controller('health')
export class HealthController {
  @Get('live')
  live() {
    return { status: 'up' };
  }

  @Get('ready')
  ready() {
    return { status: 'up' };
  }
}
