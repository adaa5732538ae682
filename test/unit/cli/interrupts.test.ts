import { afterEach, describe, expect, it } from 'vitest';
import { listenForInterrupts } from '../../../src/cli/interrupts.ts';

let dispose = (): void => {};
afterEach(() => dispose());

const listening = () => {
  const told: number[] = [];
  const interrupts = listenForInterrupts((times) => told.push(times));
  dispose = interrupts.dispose;
  return { told, interrupts };
};

describe('Ctrl-C', () => {
  it('once lets hosts in flight finish, twice leaves them to themselves', () => {
    const { told, interrupts } = listening();
    process.emit('SIGINT');
    expect([told, interrupts.wind.aborted, interrupts.abort.aborted]).toEqual([[1], true, false]);
    process.emit('SIGINT');
    expect([told, interrupts.wind.aborted, interrupts.abort.aborted]).toEqual([[1, 2], true, true]);
  });

  it('and the word of a service manager are the same', () => {
    const { told, interrupts } = listening();
    process.emit('SIGTERM');
    expect([told, interrupts.wind.aborted]).toEqual([[1], true]);
  });

  it('is nobody’s business when the run is over', () => {
    const before = process.listenerCount('SIGINT');
    const { interrupts } = listening();
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    interrupts.dispose();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('may be listened to by every host in flight, without a warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const { interrupts } = listening();
    for (let host = 0; host < 50; host += 1) interrupts.abort.addEventListener('abort', () => {});
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });
});
