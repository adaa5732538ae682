import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askHook } from '../../../src/cli/ask-hook.ts';
import type { Hook, HookMessage } from '../../../src/model/hook.ts';

const message: HookMessage = {
  ...{ moment: 'before-host', run: 'r1', playbook: 'Upgrade', play: 'Swap', wave: 1, hosts: ['hv01'], outcome: null },
};
const hook = (asks: Hook['asks'], timeoutMs = 60_000): Hook => ({
  ...{ at: 'before-host', asks, timeoutMs, askAgainMs: 1000, giveUpMs: 1000 },
});
const never = new AbortController().signal;
const shell = (script: string): Hook => hook({ kind: 'command', argv: ['sh', '-c', script] });

const asked = askHook;

describe('a command that is asked', () => {
  it.each<[string, string, unknown]>([
    ['ends well: yes', 'exit 0', { is: 'go' }],
    ['reads what it is asked as JSON', `grep -q '"hosts":\\["hv01"\\]'`, { is: 'go' }],
    [
      'ends with 75: wait, with the last line as the reason',
      'echo a; echo backups run; exit 75',
      { is: 'wait', reason: 'backups run' },
    ],
    ['ends otherwise: no', 'echo freeze >&2; exit 1', { is: 'halt', reason: 'freeze' }],
    ['says nothing: its exit code is the reason', 'exit 3', { is: 'halt', reason: 'exit code 3' }],
    ['is killed: no', 'kill -9 $$', { is: 'halt', reason: 'ended by SIGKILL' }],
    ['never reads: it may still say yes', 'exec <&-; exit 0', { is: 'go' }],
  ])('%s', async (_, script, answer) => {
    expect(await asked(shell(script), message, never)).toEqual(answer);
  });

  it('is not there: no', async () => {
    const missing = hook({ kind: 'command', argv: ['/nonexistent/may-i'] });
    expect(await asked(missing, message, never)).toMatchObject({
      is: 'halt',
      reason: expect.stringMatching(/it cannot be run: .*ENOENT/),
    });
  });

  it('does not answer in time: no, and it is ended with all that it started', async () => {
    const slow = hook({ kind: 'command', argv: ['sh', '-c', 'sleep 600 & sleep 600'] }, 50);
    // Its children hold the pipe: only when they are gone as well does it end.
    expect(await asked(slow, message, never)).toEqual({ is: 'halt', reason: 'it did not answer within 50ms' });
  });

  it('is ended when the run is interrupted', async () => {
    const interrupt = new AbortController();
    const asking = asked(shell('sleep 600'), message, interrupt.signal);
    interrupt.abort(new Error('interrupted'));
    await expect(asking).rejects.toThrow('interrupted');
  });
});

describe('a service that is asked', () => {
  let server: Server;
  let heard: unknown = null;
  const url = (path: string): string => `http://127.0.0.1:${port()}${path}`;
  const port = (): number => {
    const address: AddressInfo | string | null = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const answers: Readonly<Record<string, readonly [number, string]>> = {
    '/yes': [204, ''],
    '/locked': [423, '{"reason":"backups run"}'],
    '/conflict': [409, 'another change\n'],
    '/no': [403, 'freeze'],
    '/broken': [500, ''],
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        const [status, text] = answers[request.url ?? ''] ?? [404, ''];
        if (request.url === '/silent') return;
        heard = { method: request.method, type: request.headers['content-type'], body: JSON.parse(body) };
        response.writeHead(status).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each<[string, string, unknown]>([
    ['2xx is yes', '/yes', { is: 'go' }],
    ['423 is wait, with the reason of its JSON', '/locked', { is: 'wait', reason: 'backups run' }],
    ['409 is wait, with its text as the reason', '/conflict', { is: 'wait', reason: 'another change' }],
    ['another 4xx is no', '/no', { is: 'halt', reason: 'freeze' }],
    ['5xx is no', '/broken', { is: 'halt', reason: 'HTTP 500' }],
  ])('%s', async (_, path, answer) => {
    expect(await asked(hook({ kind: 'post', url: url(path) }), message, never)).toEqual(answer);
    expect(heard).toEqual({ method: 'POST', type: 'application/json', body: message });
  });

  it('no answer in time is no', async () => {
    const silent = hook({ kind: 'post', url: url('/silent') }, 50);
    expect(await asked(silent, message, never)).toEqual({ is: 'halt', reason: 'it did not answer within 50ms' });
  });

  it('nobody there is no', async () => {
    const gone = hook({ kind: 'post', url: 'http://127.0.0.1:1/' });
    expect(await asked(gone, message, never)).toMatchObject({
      is: 'halt',
      reason: expect.stringMatching(/^it cannot be reached: /),
    });
  });

  it('a run that is interrupted waits for no answer', async () => {
    const interrupt = new AbortController();
    const asking = asked(hook({ kind: 'post', url: url('/silent') }), message, interrupt.signal);
    interrupt.abort(new Error('interrupted'));
    await expect(asking).rejects.toThrow('interrupted');
  });
});
