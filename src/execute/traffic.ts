import { withoutHost } from '../model/causes.ts';
import { ConnectionError } from '../model/connection-error.ts';
import { FleetError } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import { proberOf, type TrafficMeasured, type TrafficProbe } from '../model/traffic.ts';
import { quote } from '../shell/index.ts';
import { type PingLine, parsePingLine, summarizePings } from './ping.ts';
import type { Services } from './services.ts';

/** 20 probes a second: a gap is known to 50 ms. Below 200 ms ping wants root. */
const intervalSeconds = '0.05';
const firstReplyMs = 10_000;
/** Longer than any host takes; a probe whose controller has died ends with its stdin. */
const limitSeconds = 7200;
/** Lets the last replies come in. */
const lingerMs = 500;

/**
 * `cat` holds the other end of the controller's stdin: when that closes, or the link goes, ping is ended, by TERM, since
 * a shell's background jobs ignore INT (POSIX XCU 2.11).
 */
const pingProgram = (probe: TrafficProbe): string => {
  const { namespace } = proberOf(probe);
  const inside = namespace === null ? '' : `ip netns exec ${quote(namespace)} `;
  return [
    'fleet_main() {',
    'LC_ALL=C; export LC_ALL',
    'exec 3<&0',
    // Not ping's own -w: with it ping ends at the first "Host Unreachable", in the middle of the outage (ping(8)).
    `timeout ${limitSeconds} ${inside}ping -D -n -O -i ${intervalSeconds} ${quote(probe.to)} </dev/null 2>&1 &`,
    'fleet_ping=$!',
    '( cat <&3; kill "$fleet_ping" ) >/dev/null 2>&1 &',
    'wait "$fleet_ping"',
    // The shell would go on to read its own stdin, which stays open.
    'exit',
    '}',
    'fleet_main',
    '',
  ].join('\n');
};

export interface TrafficWatch {
  /** Ends the probe and says what it saw since `start`. */
  stop(): Promise<TrafficMeasured>;
}

/**
 * Probes a host's guest from another host, from before a change to after it.
 * Throws `traffic.silent` when the guest does not answer before anything was changed.
 */
export const watchTraffic = async (
  host: Host,
  probe: TrafficProbe,
  from: Host,
  services: Services,
): Promise<TrafficWatch> => {
  const { bus, clock, connections } = services;
  const connection = await connections.fresh(from).catch((error: unknown) => {
    if (!(error instanceof ConnectionError)) throw error;
    // Not the link to the host itself: another try there would mend nothing.
    throw new FleetError(
      {
        code: 'traffic.no-probe',
        message: `${host.name}: its traffic cannot be watched from ${from.name}, so nothing was changed: ${withoutHost(from.name, error.message)}`,
        remedy: error.remedy,
        facts: { host: host.name, from: from.name },
      },
      error,
    );
  });
  const ending = new AbortController();
  const lines: PingLine[] = [];
  let rest = '';
  let said = '';
  let over = false;
  const running = connection
    .run(pingProgram(probe), {
      holdStdin: true,
      signal: ending.signal,
      onStdout: (chunk) => {
        const text = rest + new TextDecoder().decode(chunk);
        const whole = text.split('\n');
        rest = whole.pop() ?? '';
        for (const line of whole) {
          const parsed = parsePingLine(line);
          if (parsed !== null) lines.push(parsed);
          if (parsed?.reply !== true) said = `${said}${line}\n`.slice(-500);
        }
      },
    })
    .catch(() => null)
    .finally(() => {
      over = true;
    });

  const end = async (): Promise<void> => {
    ending.abort();
    await running;
    await connection.close();
  };

  const deadline = clock.now() + firstReplyMs;
  while (!lines.some((line) => line.reply)) {
    if (over || clock.now() > deadline) {
      await end();
      const output = said.trim().split('\n').pop() ?? '';
      throw new FleetError({
        code: 'traffic.silent',
        message: `${host.name}: its guest ${probe.to} does not answer a ping from ${probe.from}${output === '' ? '' : ` ("${output}")`}, so traffic could not be watched; nothing was changed.`,
        remedy: `Mend the path, or correct probe_from and probe_to of ${host.name} in the inventory.`,
        facts: { host: host.name, from: probe.from, to: probe.to },
      });
    }
    await clock.sleep(50);
  }
  // What was lost before the first reply (ARP, a tunnel not yet learned) is none of ours.
  const first = lines.findIndex((line) => line.reply);
  const skipped = (lines[first]?.seq ?? 1) - 1;

  return {
    async stop() {
      if (over) {
        bus.emit({
          type: 'warning',
          host: host.name,
          problem: {
            code: 'traffic.probe-ended',
            message: `${host.name}: the probe from ${probe.from} ended before the change did; what came after that was not measured.`,
            remedy: `See whether ${proberOf(probe).host} was cut off, and whether ${probe.to} answers it now.`,
            facts: { host: host.name, from: probe.from },
          },
        });
      }
      await clock.sleep(lingerMs);
      await end();
      const seen = lines.slice(first).map((line) => ({ ...line, seq: line.seq - skipped }));
      return summarizePings(seen, probe);
    },
  };
};
