import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Operator } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { TrialBalance, trialBalance } from '../reads/trial-balance.js';

/** The trial balance for audits. Reads the whole ledger. */
@ApiTags('ledger')
@Controller('ledger')
export class LedgerController {
  private reading: Promise<TrialBalance> | undefined;

  constructor(private readonly dataSource: DataSource) {}

  @Operator()
  @Get('trial-balance')
  @ApiOperation({ summary: 'Get the balance of every ledger account, and whether the ledger balances' })
  @ApiResponse({ status: 200, standardSchema: TrialBalance })
  @Header('cache-control', 'no-store')
  balance(): Promise<TrialBalance> {
    // Concurrent requests share one query: each would use a connection for seconds, and the steps need connections too.
    this.reading ??= trialBalance(this.dataSource).finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }
}
