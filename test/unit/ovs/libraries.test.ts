import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { libraryFile, shells } from './fake-host.ts';

const all = readdirSync(dirname(libraryFile('ovs-base'))).flatMap(
  (file) => /^((?:ovs|openstack)-.*)\.sh$/.exec(file)?.[1] ?? [],
);

describe.each(all)('%s.sh', (name) => {
  const text = readFileSync(libraryFile(name), 'utf8');

  test('holds function definitions and nothing that acts when it is read', () => {
    const outside = text
      .replace(/<<'?EOF'?\n[\s\S]*?\nEOF\n/g, '\n')
      .split('\n')
      .filter(
        (line) =>
          /^[^ \t#})]/.test(line) && !/^(ovs|agent)_[a-z_]+\(\) [({]/.test(line) && !/^\) *\|\||^EOF$/.test(line),
      );
    expect(outside).toEqual([]);
  });

  test('passes shellcheck', () => {
    const { stdout, status } = spawnSync('shellcheck', ['-s', 'sh', libraryFile(name)], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  test.each(shells)('is read by $shell without a word', ({ command: [program, ...args] }) => {
    const { stdout, stderr, status } = spawnSync(program, [...args, '-u', '-c', `. '${libraryFile(name)}'`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });

  test('asks nothing of tools that those of 2013 cannot do', () => {
    // GNU tar 1.26, coreutils 8.22, systemd 219, grep without Perl's expressions
    const newer = /\btar .*--sort|\bsystemctl .*--value|\brealpath\b|\bgrep -\w*P|\bnumfmt\b/;
    const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
    expect(lines.filter((line) => newer.test(line))).toEqual([]);
  });

  test('puts a time limit on every call of a tool outside', () => {
    const calls = text
      .split('\n')
      .filter((line) => !/^\s*#|printf|echo |ovs__no|ovs__say|cat <<|^\s*[a-z_]+\) |case |\*\)/.test(line))
      .filter(
        (line) =>
          /(^|[^\w./"'-])(systemctl|\$tool|"\$tool"|"\$\{OVS_ROOT:-\}\$OVS_BIN\/)/.test(line) ||
          // a program of Open vSwitch by its path, with words after it
          /"\$[^"]*\/(ovs|ovsdb|vtep)-[\w$-]+" +[-\w"$]/.test(line),
      )
      .filter((line) => !/timeout|\[ -[exs] |\bgrep |\bfor |ovs__(release_of_tool|detached|look|put) |^\. /.test(line))
      // the script written for `systemctl reload` is bounded by its unit
      .filter((line) => !/--job-mode=ignore-dependencies (stop|start) ovs/.test(line));
    expect(calls).toEqual([]);
  });
});
