import type { Explanation } from '../playbook/index.ts';

/**
 * What a failed build means, the surest sign first. The texts are those of configure, make and the compilers of the
 * releases (acinclude.m4, m4/openvswitch.m4, Makefile.am), or were seen when it was tried.
 */
export const buildFailures: readonly Explanation[] = [
  {
    pattern: /No space left on device|disk quota exceeded/i,
    means: 'the disk is full',
    remedy: 'Make room: a build takes some 700 MB below /var/cache/ovsfleet; rm -rf /var/cache/ovsfleet/build is safe.',
  },
  {
    pattern: /Linux kernel in .* is version .*, but version newer than .* is not supported/,
    means: "the kernel is too new for this release's own module",
    remedy: "Use the kernel's own module: -e module=in-tree",
  },
  {
    pattern: /but version [\d.]+ or later is required/,
    means: "the kernel is too old for this release's own module",
    remedy: 'Boot a newer kernel, or take an earlier release.',
  },
  {
    pattern: /Linux kernel source in .* is not configured|source dir .* doesn't exist|cannot find source directory/,
    means: 'the build directory of the kernel is not complete',
    remedy:
      'Install the headers of exactly the kernel that is built for: kernel-devel-VERSION, or linux-headers-VERSION.',
  },
  {
    pattern: /the headers of kernel .* are not installed here/,
    means: 'the builder has no headers of the kernel that is built for',
    remedy:
      'Let them be installed (-e install_deps=yes), install linux-headers-KERNEL or kernel-devel-KERNEL, or say where they are: -e module_headers=DIRECTORY',
  },
  {
    pattern: /datapath\/linux\/.*: (fatal )?error: /,
    means: "the release's module does not compile for this kernel, whose backports it does not know",
    remedy: "Take a later release's module, or the kernel's own: -e module=in-tree",
  },
  {
    pattern: /source directory already configured/,
    means: 'the source was configured in place before',
    remedy: 'Give a clean source: make distclean there, or the tarball of the release.',
  },
  {
    pattern:
      /cannot find python 2\.7|Python 3\.\d+ or later is required|Python 3\.x or later is required|Python 2\.7 or later is required|no Python that fits/,
    means: 'no Python that this release needs',
    remedy: 'Install one, or let it be installed: -e install_deps=yes; see docs/compatibility.md for which.',
  },
  {
    pattern: /Missing Python six library|No module named ['"]?six/,
    means: 'Python has no six, which releases before 2.13 need',
    remedy: 'Install python-six (python2-six), or let it be installed: -e install_deps=yes',
  },
  {
    pattern: /Cannot find openssl|OpenSSL .* is required|openssl.* not found|fatal error: openssl\//,
    means: 'the headers of OpenSSL are missing or too old',
    remedy: 'Install libssl-dev or openssl-devel, or build without TLS where nothing uses ssl: -e ssl=off',
  },
  {
    pattern: /libcap-ng support requested, but not found/,
    means: 'the headers of libcap-ng are missing',
    remedy: 'Install libcap-ng-dev or libcap-ng-devel, or build without: -e libcapng=off',
  },
  {
    pattern:
      /autoreconf: (command )?not found|aclocal: (command )?not found|Can't exec "(autoconf|aclocal|libtoolize|autoreconf)"|possibly undefined macro: (LT_INIT|AC_PROG_LIBTOOL)|Libtool library used but/,
    means: 'the source has no configure, and autoconf, automake or libtool is missing to write it',
    remedy:
      "Install them, let them be installed (-e install_deps=yes), or give the release's own tarball, which has configure.",
  },
  {
    pattern: /unrecognized option[s]?: --with-linux|--with-linux is no longer supported/,
    means: 'releases since 3.0 have no kernel module of their own',
    remedy: "Use the kernel's own module: -e module=in-tree",
  },
  {
    pattern: /[Dd]pdk.* (required|not found|requires)|Could not find DPDK/,
    means: 'the DPDK that this release needs is not there',
    remedy: 'Install the one version that goes with it (docs/compatibility.md), or build without: -e dpdk=',
  },
  {
    pattern: /no acceptable C compiler found|C compiler cannot create executables|gcc: (command )?not found/,
    means: 'there is no C compiler that works',
    remedy: 'Install gcc, or let it be installed: -e install_deps=yes',
  },
  {
    pattern: /virtual memory exhausted|fatal error: Killed signal terminated|internal compiler error: Killed/,
    means: 'the compiler ran out of memory',
    remedy: 'Give the builder memory or swap: a compiler takes some 300 MB each.',
  },
  {
    pattern: /is not a source of Open vSwitch|the source is of release/,
    means: 'the source is another one than was asked for',
    remedy: 'Correct -e source and -e version.',
  },
  {
    pattern: /unrecognized command[- ]line option|unrecognized option: |configure: error: unrecognized option/,
    means: 'an option is not known there',
    remedy: 'Correct -e cflags or -e configure.',
  },
  {
    pattern: /: (fatal )?error: .*|^make.*\*\*\*.*Error \d+/,
    means: 'it does not compile',
    remedy: 'See the whole log, which is in the directory of the run: fetched/HOST/build.',
  },
];
