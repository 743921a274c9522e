import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BookingsModule } from './bookings.module';
import { Invoice } from './invoice.entity';
import { InvoicesModule } from './invoices.module';

/** The application that is there before the page is followed. */
@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      entities: [Invoice],
      synchronize: true,
    }),
    InvoicesModule,
    BookingsModule,
  ],
})
export class AppModule {}
