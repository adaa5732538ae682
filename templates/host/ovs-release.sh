# shellcheck shell=sh
# Which release runs, whether another one is staged, and whether the database would survive its schema.
# shellcheck disable=SC2030,SC2031,SC2034 # variables set in a subshell are meant to stay there; SIDE_* are read by the other files

# ovs_running: the canonical record of what runs:
#   build=<BUILD|found|none>   from /proc/PID/exe; `A+B` when ovs-vswitchd and ovsdb-server are of two builds
#   release=3.5.0              asked of ovs-vswitchd itself; when it does not answer, ovs_version of the database, and the line says so
#   schema=8.8.0               of the live database, asked of ovsdb-server
# With no daemon at all it is build=none release=none schema=none. Always returns 0: "nothing runs" is an answer too.
ovs_running() (
  vswitchd=$(ovs__daemon_pid ovs-vswitchd) || vswitchd=
  server=$(ovs__daemon_pid ovsdb-server) || server=
  one=none two=none
  [ -z "$vswitchd" ] || one=$(ovs__build_of "$(readlink "${OVS_ROOT:-}/proc/$vswitchd/exe")")
  [ -z "$server" ] || two=$(ovs__build_of "$(readlink "${OVS_ROOT:-}/proc/$server/exe")")
  if [ "$one" = "$two" ]; then
    printf 'build=%s\n' "$one"
  else
    printf 'build=%s+%s\n' "$one" "$two"
  fi
  release='' schema=''
  if [ "$one$two" != nonenone ] && ovs__context; then
    # the pid file names the control socket, not the name alone: two daemons may share a run directory
    release=$(ovs__appctl -t "$OVS_RUNDIR/ovs-vswitchd.$vswitchd.ctl" version 2>/dev/null) &&
      release=$(printf '%s\n' "$release" | awk 'NR == 1 { print $NF }')
    if [ -z "$release" ]; then
      release=$(ovs__vsctl --no-wait get Open_vSwitch . ovs_version 2>/dev/null | tr -d '"') &&
        release="$release (by the database: ovs-vswitchd does not answer)"
    fi
    schema=$(ovs__client get-schema-version "unix:$OVS_RUNDIR/db.sock" Open_vSwitch 2>/dev/null)
  fi
  printf 'release=%s\nschema=%s\n' "${release:-none}" "${schema:-none}"
)

# ovs_staged PREFIX: prints the build id of the release staged there when it could be run now (its programs start, the schema and the
# scripts are there); `none` when there is none; `broken: ...` with what is missing. Always returns 0.
ovs_staged() (
  [ -e "${OVS_ROOT:-}$1/.build-id" ] || {
    echo none
    return 0
  }
  for file in sbin/ovs-vswitchd sbin/ovsdb-server bin/ovs-vsctl bin/ovs-ofctl bin/ovs-appctl bin/ovsdb-tool bin/ovsdb-client share/openvswitch/scripts/ovs-ctl; do
    [ -x "${OVS_ROOT:-}$1/$file" ] || {
      echo "broken: $file is missing"
      return 0
    }
  done
  [ -s "${OVS_ROOT:-}$1/share/openvswitch/vswitch.ovsschema" ] || {
    echo "broken: share/openvswitch/vswitch.ovsschema is missing"
    return 0
  }
  for file in sbin/ovs-vswitchd sbin/ovsdb-server bin/ovs-ofctl; do
    timeout 10 "${OVS_ROOT:-}$1/$file" --version >/dev/null 2>&1 || {
      echo "broken: $file does not start"
      return 0
    }
  done
  cat "${OVS_ROOT:-}$1/.build-id"
)

# ovs__side PREFIX|found: SIDE_BIN, SIDE_SBIN, SIDE_SCRIPTS, SIDE_SCHEMA of a staged build or of the release found on the host.
ovs__side() {
  ovs__context || return 1
  case $1 in
    found)
      SIDE_SCRIPTS=$OVS_SCRIPTS
      # on a bare host the found scripts stand aside while a build of ours runs
      [ ! -d "${OVS_ROOT:-}$OVS_SCRIPTS.before-ovsfleet" ] || SIDE_SCRIPTS=$OVS_SCRIPTS.before-ovsfleet
      SIDE_SCHEMA=${OVS_SCRIPTS%/scripts}/vswitch.ovsschema
      ovs__prefix=${OVS_SCRIPTS%/share/openvswitch/scripts}
      SIDE_BIN=$ovs__prefix/bin SIDE_SBIN=$ovs__prefix/sbin
      ;;
    *)
      SIDE_SCRIPTS=$1/share/openvswitch/scripts SIDE_SCHEMA=$1/share/openvswitch/vswitch.ovsschema
      SIDE_BIN=$1/bin SIDE_SBIN=$1/sbin
      ;;
  esac
}

# ovs__newer_bin PREFIX|found: the tools of the target or of what runs, whichever is the later release. Only the later one knows both
# schemas and both file formats (ovsdb(7), "Upgrading or Downgrading a Database").
ovs__newer_bin() {
  ovs__side "$1" || return 1
  if ovs__newer_or_same "$(ovs__release_of_tool "$SIDE_BIN/ovsdb-tool")" "$(ovs__release_of_tool "$OVS_BIN/ovsdb-tool")"; then
    printf '%s\n' "$SIDE_BIN"
  else
    printf '%s\n' "$OVS_BIN"
  fi
}

# ovs__count_rows ANSWER TABLES: stdin is the answer to one select per table, in order; prints `rows TABLE=N` for tables that have any.
# The answer is JSON on one line; a row is known by its "_uuid", which no other value can spell with its quotes unescaped.
ovs__count_rows() {
  awk -v tables="$1" '
    BEGIN { n = split(tables, name, " ") }
    { text = text $0 }
    END {
      m = split(text, part, /"rows":\[/)
      if (m != n + 1 || text ~ /"error":/) exit 1
      for (i = 2; i <= m; i++) { rows = gsub(/"_uuid":\[/, "", part[i]); if (rows) print "rows " name[i - 1] "=" rows }
    }'
}

# ovs__select_all TABLES: the transaction that selects every row's _uuid of every table.
ovs__select_all() (
  printf '["Open_vSwitch"'
  for table in $1; do
    printf ',{"op":"select","table":"%s","where":[],"columns":["_uuid"]}' "$table"
  done
  echo ']'
)

# ovs__tables: the tables of the live database, on one line; in a transaction that goes back to an earlier release, only those that have all their
# rows there too ($TX/rollback/tables).
ovs__tables() (
  if [ -n "${TX:-}" ] && [ -s "$TX/rollback/tables" ]; then
    cat "$TX/rollback/tables"
    return
  fi
  tables=$(ovs__client --format=csv --no-headings list-tables "unix:$OVS_RUNDIR/db.sock" Open_vSwitch) || return 1
  # early tools print a heading all the same
  printf '%s\n' "$tables" | tr -d '"' | sed '/^Table/d; /^-/d' | sort | tr '\n' ' '
)

# ovs_db_rows [FILE TABLES [TOOL]]: `rows TABLE=N` for every table that has rows, of the live database, or of a database file (nobody may
# have it open) for the named tables.
ovs_db_rows() (
  ovs__context || return 1
  if [ $# = 0 ]; then
    tables=$(ovs__tables) || return 1
    answer=$(ovs__client transact "unix:$OVS_RUNDIR/db.sock" "$(ovs__select_all "$tables")") || return 1
  else
    tables=$2
    answer=$(timeout 120 "${OVS_ROOT:-}${3:-$OVS_BIN/ovsdb-tool}" query "$1" "$(ovs__select_all "$tables")") || return 1
  fi
  printf '%s\n' "$answer" | ovs__count_rows "$tables"
)

# ovs__convert FILE PREFIX|found TABLES: converts a database file that nobody has open to the schema of that release, in place, and
# proves it: the schema version is the wanted one and every table has the rows it had. Prints `8.3.1 -> 8.8.0`.
# On failure the file is no good any more: give a copy.
ovs__convert() (
  ovs__side "$2" || return 1
  bin=$(ovs__newer_bin "$2") || return 1
  tool=$bin/ovsdb-tool
  from=$(timeout 30 "$tool" db-version "$1") || ovs__no "cannot read the database $1" || return 1
  to=$(timeout 30 "$tool" schema-version "$SIDE_SCHEMA") || ovs__no "cannot read the schema $SIDE_SCHEMA" || return 1
  # the word tells, not the exit status, which is 0 for yes and no
  need=$(timeout 30 "$tool" needs-conversion "$1" "$SIDE_SCHEMA") || ovs__no "cannot compare $1 with $SIDE_SCHEMA" || return 1
  before=$(ovs_db_rows "$1" "$3" "$tool") || ovs__no "cannot count the rows of $1" || return 1
  if [ "$need" != no ]; then
    timeout 120 "$tool" -vconsole:off compact "$1" || ovs__no "compacting $1 failed" || return 1
    timeout 240 "$tool" -vconsole:off convert "$1" "$SIDE_SCHEMA" || ovs__no "converting $1 to schema $to failed" || return 1
  elif [ "$bin" != "$SIDE_BIN" ]; then
    # an earlier release may not read the records of a later one; compacted there are none
    timeout 120 "$tool" -vconsole:off compact "$1" || ovs__no "compacting $1 failed" || return 1
  fi
  now=$(timeout 30 "$tool" db-version "$1") || return 1
  [ "$now" = "$to" ] || ovs__no "after the conversion the schema is $now, not $to" || return 1
  after=$(ovs_db_rows "$1" "$3" "$tool") || ovs__no "cannot count the rows after the conversion" || return 1
  [ "$before" = "$after" ] || {
    ovs__no "the conversion from schema $from to $to would lose rows: before $(ovs__on_one_line "$before"), after $(ovs__on_one_line "$after")"
    return 1
  }
  printf '%s -> %s\n' "$from" "$to"
)

# ovs_trial_conversion PREFIX|found: converts a copy of the live database to the schema of that release and prints `FROM -> TO`
# (`8.8.0 -> 8.8.0` when there is nothing to convert). Returns 1, with the reason on stderr, when the conversion fails or would lose
# rows. The copy is taken through the server (a plain copy of a file being written may end in half a record); the live file is not touched.
ovs_trial_conversion() (
  ovs__context || return 1
  dir=$(mktemp -d "${TX:-/var/tmp}/ovs-trial.XXXXXX") || return 1
  OVS_BIN=$(ovs__newer_bin "$1") || return 1
  tables=$(ovs__tables) &&
    ovs__client backup "unix:$OVS_RUNDIR/db.sock" Open_vSwitch >"$dir/conf.db" &&
    ovs__convert "$dir/conf.db" "$1" "$tables"
  code=$?
  rm -rf "$dir"
  return "$code"
)
