import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningProcess, startProcess } from './process.js';
import { openSupervisor, type SupervisedFacts, type Supervisor } from './supervisor.js';

const LOOK_EVERY_MS = 20;

describe('the supervisor of local services', () => {
  let service: RunningProcess;
  let supervisor: Supervisor;
  beforeEach(async () => {
    const program = 'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1_000);';
    service = await startProcess({ name: 'payment', command: process.execPath, args: ['-e', program] });
    supervisor = await openSupervisor();
    supervisor.watch([service]);
  });
  afterEach(async () => {
    await supervisor.stop();
    await service.stop();
  });

  const put = (name: string, body: object) =>
    fetch(`${supervisor.url}/services/${name}`, { method: 'PUT', body: JSON.stringify(body) });
  const seen = async (): Promise<SupervisedFacts> => {
    const { services } = (await (await fetch(`${supervisor.url}/services`)).json()) as { services: SupervisedFacts[] };
    return services[0]!;
  };
  const untilSeen = async (state: SupervisedFacts['state']): Promise<SupervisedFacts> => {
    for (;;) {
      const facts = await seen();
      if (facts.state === state) return facts;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };

  it('stops a service and restarts it as another process', async () => {
    const { pid } = await untilSeen('running');
    expect((await put('payment', { running: false })).status).toBe(202);
    expect(await untilSeen('stopped')).toEqual({ name: 'payment', state: 'stopped', pid: null, problem: null });
    expect(service.running).toBe(false);
    await put('payment', { running: true });
    expect((await untilSeen('running')).pid).not.toBe(pid);
  });

  it('distinguishes a crashed service from a stopped one', async () => {
    process.kill(service.pid, 'SIGKILL');
    expect(await untilSeen('down')).toMatchObject({ pid: null });
  });

  it('rejects requests without its secret, and for other services', async () => {
    expect((await fetch(`${new URL(supervisor.url).origin}/services`)).status).toBe(404);
    expect((await put('storefront', { running: false })).status).toBe(404);
    expect((await put('payment', {})).status).toBe(400);
    expect(service.running).toBe(true);
  });
});
