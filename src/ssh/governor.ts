/** Leave to begin one handshake. One of the two is said when it is over. */
export interface Turn {
  /** The server answered, however the login then ended. */
  readonly answered: () => void;
  /** The server hung up before its banner. `true` when no other handshake of ours was in its way. */
  readonly turnedAway: () => boolean;
}

export interface Governor {
  /** Waits until one more handshake may begin with this server. Rejects with the signal's reason. */
  enter(server: string, signal?: AbortSignal): Promise<Turn>;
}

/** sshd begins to turn logins away at ten under way (sshd_config(5), MaxStartups), and others log in there too. */
const atFirst = 8;

interface Gate {
  limit: number;
  under: number;
  /** Counts the times that the limit was lowered: what began before the last one says nothing about the limit of now. */
  lowered: number;
  readonly waiting: Set<() => void>;
}

/**
 * Keeps handshakes with one server below what it takes at a time, which only trying tells: halved when the server hangs
 * up, once for all that were turned away together, and raised slowly by those that come through. Servers do not wait for
 * each other.
 */
export const governor = (): Governor => {
  const gates = new Map<string, Gate>();

  const gateOf = (server: string): Gate => {
    const known = gates.get(server);
    if (known !== undefined) return known;
    const fresh: Gate = { limit: atFirst, under: 0, lowered: 0, waiting: new Set() };
    gates.set(server, fresh);
    return fresh;
  };

  const admit = (gate: Gate): void => {
    for (const next of gate.waiting) {
      if (gate.under >= Math.floor(gate.limit)) return;
      next();
    }
  };

  const begin = (gate: Gate): Turn => {
    const { lowered } = gate;
    let over = false;
    gate.under += 1;
    const end = (): void => {
      if (over) return;
      over = true;
      gate.under -= 1;
      admit(gate);
    };
    return {
      answered: () => {
        if (!over) gate.limit = Math.min(atFirst, gate.limit + 1 / (4 * gate.limit));
        end();
      },
      turnedAway: () => {
        const alone = gate.under === 1 && lowered === gate.lowered;
        if (!over && lowered === gate.lowered) {
          gate.limit = Math.max(1, Math.floor(Math.min(gate.limit, gate.under) / 2));
          gate.lowered += 1;
        }
        end();
        return alone;
      },
    };
  };

  return {
    enter: (server, signal) =>
      new Promise((resolve, reject) => {
        const gate = gateOf(server);
        const leave = (): void => {
          gate.waiting.delete(enter);
          signal?.removeEventListener('abort', refuse);
        };
        const enter = (): void => {
          leave();
          resolve(begin(gate));
        };
        const refuse = (): void => {
          leave();
          reject(signal?.reason);
        };
        if (signal?.aborted) {
          refuse();
        } else if (gate.under < Math.floor(gate.limit)) {
          enter();
        } else {
          gate.waiting.add(enter);
          signal?.addEventListener('abort', refuse, { once: true });
        }
      }),
  };
};
