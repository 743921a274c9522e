import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { FaultSettings, Faults } from './faults.js';

/** For demonstrations and tests only: make the provider misbehave. */
@ApiTags('faults')
@Controller('faults')
export class FaultsController {
  constructor(private readonly faults: Faults) {}

  @Get()
  @ApiOperation({ summary: 'How badly the provider behaves' })
  settings(): FaultSettings {
    return this.faults.settings;
  }

  @Put()
  @ApiOperation({ summary: 'Make it misbehave; what is left out is back to normal' })
  set(@Body({ schema: FaultSettings }) settings: FaultSettings): FaultSettings {
    this.faults.set(settings);
    return settings;
  }
}
