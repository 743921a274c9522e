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
  @ApiOperation({
    summary: 'The numbers of waiting rows in the outbox, records on the topics and dead letters; at most a second old',
  })
  @ApiResponse({ status: 200, description: 'Numbers; null for a part that cannot be queried at the moment.' })
  now(): Promise<WorkloadFacts> {
    return this.workload.now();
  }
}
