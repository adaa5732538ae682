import { type Script, sh } from '../shell/index.ts';
import type { Build } from './build.ts';
import { withOvs } from './libraries.ts';

/** Prints what runs: `build=`, `release=`, and `database=`, which names the release when its schema is that of the build. */
export const readRunning = (build: Build): Script =>
  withOvs(sh`
    ovs_running | while IFS='=' read -r key value; do
      case $key in
      schema)
        wanted=$(timeout 5 ${build.prefix}/bin/ovsdb-tool schema-version ${build.prefix}/share/openvswitch/vswitch.ovsschema 2>/dev/null)
        if [ "$value" = "$wanted" ]; then value=${`schema of ${build.version}`}; else value="schema $value"; fi
        printf 'database=%s\n' "$value"
        ;;
      *) printf '%s=%s\n' "$key" "$value" ;;
      esac
    done
  `);

/** What `readRunning` prints when the daemons run that build. */
export const runningAsWanted = (build: Build) => ({
  build: build.id,
  release: build.version,
  database: `schema of ${build.version}`,
});
