import { type Log, silent } from './log.js';

/**
 * Detects that the brokers refuse a group to this client. kafkajs tries all brokers for the group's coordinator, and only logs
 * their answers.
 */
export class GroupRefusals {
  any = false;
  readonly log: Log;

  constructor(log: Log = silent) {
    this.log = {
      debug: (fields, message) => {
        const { error } = fields as { error?: unknown };
        this.any ||= message.includes('Response GroupCoordinator') && /not authorized/i.test(String(error));
        log.debug(fields, message);
      },
      info: (fields, message) => log.info(fields, message),
      warn: (fields, message) => log.warn(fields, message),
      error: (fields, message) => log.error(fields, message),
    };
  }
}
