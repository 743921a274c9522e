import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { FaultSettings, Faults } from './faults.js';

/** For demonstrations and tests only: injects faults. */
@ApiTags('faults')
@Controller('faults')
export class FaultsController {
  constructor(private readonly faults: Faults) {}

  @Get()
  @ApiOperation({ summary: 'Get the injected faults' })
  settings(): FaultSettings {
    return this.faults.settings;
  }

  @Put()
  @ApiOperation({ summary: 'Inject faults; omitted fields are reset' })
  set(@Body({ schema: FaultSettings }) settings: FaultSettings): FaultSettings {
    this.faults.set(settings);
    return settings;
  }
}
