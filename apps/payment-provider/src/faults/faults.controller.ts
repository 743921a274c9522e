import { Body, Controller, Get, Put } from '@nestjs/common';
import { FaultSettings, Faults } from './faults.js';

/** For demonstrations and tests only: make the provider misbehave. */
@Controller('faults')
export class FaultsController {
  constructor(private readonly faults: Faults) {}

  @Get()
  settings(): FaultSettings {
    return this.faults.settings;
  }

  @Put()
  set(@Body({ schema: FaultSettings }) settings: FaultSettings): FaultSettings {
    this.faults.set(settings);
    return settings;
  }
}
