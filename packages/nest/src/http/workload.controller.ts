import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Workload, type WorkloadFacts } from '@quadrille/runtime';
import { AdminRoute } from '../identity/access.js';

/** The backlog of the service, for operators and monitoring. */
@ApiTags('operation')
@Controller('workload')
export class WorkloadController {
  constructor(private readonly workload: Workload) {}

  @AdminRoute()
  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What waits in the outbox, on the topics and among the dead letters; at most a second old' })
  @ApiResponse({ status: 200, description: 'Numbers; null for a part that cannot be asked just now.' })
  now(): Promise<WorkloadFacts> {
    return this.workload.now();
  }
}
