import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Reporter, TestCase, TestModule, TestSpecification, Vitest } from 'vitest/node';
import { hostKinds, readTally, tallyFileVariable } from './tally.ts';

interface Mistake {
  readonly message: string;
  readonly stack?: string | undefined;
  readonly diff?: string | undefined;
}

const ours = (frame: string): boolean => !frame.trimStart().startsWith('at ') || !/node_modules|node:/.test(frame);

/** What went wrong and where in our own files, without the test runner's part of the stack. */
const told = ({ message, stack, diff }: Mistake): string =>
  `${(stack ?? message).split('\n').filter(ours).join('\n')}${diff === undefined ? '' : `\n${diff}`}`;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const indented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .slice(0, 40)
    .map((line) => `      ${line}\n`)
    .join('');

/**
 * Tells each test as it ends. A skipped test counts as failed, and so does a run of lab tests that has not really booted
 * a host of each kind. What failed is told again at the end, where the reader of a long log looks first; the last line is
 * `N passed, N failed`.
 */
// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its default export
export default class TallyReporter implements Reporter {
  #root = process.cwd();
  #directory = '';
  #labSelected = false;
  #passed = 0;
  readonly #failures: string[] = [];

  readonly #say = (text: string): void => {
    process.stdout.write(text);
  };

  #fail(title: string, reasons: readonly string[]): void {
    const text = `  ✗ ${title}\n${reasons.map(indented).join('')}`;
    this.#failures.push(text);
    this.#say(text);
  }

  /** Runs before the workers start, which inherit the environment. */
  onInit(vitest: Vitest): void {
    this.#root = vitest.config.root;
    this.#directory = mkdtempSync(join(tmpdir(), 'ovsfleet-tally-'));
    process.env[tallyFileVariable] = join(this.#directory, 'hosts');
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#labSelected = specifications.some(({ project }) => project.name === 'lab');
  }

  onTestModuleStart(module: TestModule): void {
    if (module.project.name === 'lab') this.#say(`${relative(this.#root, module.moduleId)} …\n`);
  }

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    switch (result.state) {
      case 'passed':
        this.#passed += 1;
        if (test.project.name === 'lab')
          this.#say(`  ✓ ${test.fullName} (${seconds(test.diagnostic()?.duration ?? 0)})\n`);
        break;
      case 'failed':
        this.#fail(test.fullName, result.errors.map(told));
        break;
      case 'skipped':
      case 'pending':
        this.#fail(test.fullName, ['was not run, and a test that is not run proves nothing']);
        break;
    }
  }

  onTestModuleEnd(module: TestModule): void {
    const own = module.errors();
    const suites: readonly { readonly errors: () => readonly Mistake[] }[] = [...module.children.allSuites()];
    const errors = [...own, ...suites.flatMap((suite) => suite.errors())];
    const file = relative(this.#root, module.moduleId);
    if (errors.length > 0) this.#fail(file, errors.map(told));
    const count = [...module.children.allTests()].length;
    this.#say(`${module.ok() ? '✓' : '✗'} ${file}: ${count} tests in ${seconds(module.diagnostic().duration)}\n`);
  }

  onTestRunEnd(_modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): void {
    if (unhandled.length > 0)
      this.#fail(
        'errors outside of any test',
        unhandled.map((error) => error.message),
      );
    if (this.#labSelected) {
      const booted = readTally(join(this.#directory, 'hosts'));
      const counts = hostKinds.map((kind) => `${booted[kind]} ${kind}`).join(', ');
      this.#say(`hosts booted: ${counts}\n`);
      const missing = hostKinds.filter((kind) => booted[kind] === 0);
      if (missing.length > 0) this.#fail('real hosts', [`no ${missing.join(', no ')} host was booted by this run`]);
    }
    rmSync(this.#directory, { recursive: true, force: true });
    const failed = this.#failures.length;
    if (failed > 0 || this.#passed === 0) process.exitCode = 1;
    if (failed > 0) this.#say(`\nfailed:\n${this.#failures.join('')}`);
    this.#say(`${this.#passed} passed, ${failed} failed\n`);
  }
}
