# shellcheck shell=sh
# The way back to the release that a swap replaced: it is mostly a downgrade, and a database converted down loses what the earlier schema has not.
# So what would be lost is found by comparing two copies, row by row and column by column: the one of now, and the converted one as the earlier
# release's own server reads it.
# shellcheck disable=SC2030,SC2031,SC2034 # variables set in a subshell are meant to stay there; some are read by the other files

# ovs__look SERVER DB: serves a copy of the database file by that program, on a socket of its own, and prints every value in it that is not
# what an empty row has: `TABLE<tab>ROW<tab>COLUMN<tab>VALUE` (VALUE as JSON), and for every row its `_uuid`; first `TABLE` alone for each table.
# Values that do not survive a restart are not in a file, and so not printed.
ovs__look() (
  dir=$(mktemp -d "${TX:-/var/tmp}/ovs-look.XXXXXX") || return 1
  cp "$2" "$dir/copy" || return 1
  timeout 150 "$1" --remote="punix:$dir/sock" --unixctl="$dir/ctl" -vconsole:off -vsyslog:off "$dir/copy" </dev/null >"$dir/said" 2>&1 &
  server=$!
  tries=0
  until [ -S "$dir/sock" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 1000 ] || break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.02
  done
  code=1
  if columns=$(ovs__client --format=csv --no-headings list-columns "unix:$dir/sock" Open_vSwitch) &&
    ovs__client --format=csv --data=json dump "unix:$dir/sock" Open_vSwitch >"$dir/dump"; then
    printf '%s\n' "$columns" | ovs__cells "$dir/dump"
    code=$?
  fi
  kill "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  [ "$code" = 0 ] || ovs__say "$1 cannot read the database: $(tail -n 1 "$dir/said")"
  rm -rf "$dir"
  return "$code"
)

# ovs__cells DUMP <list-columns: what ovs__look prints. Of a column that must have a value (its type says no "min":0) nought, `false` and the
# empty text are what an empty row has; of an optional one they were written by somebody.
ovs__cells() {
  awk '
    function fields(line, n) {
      n = 0
      while (line != "") {
        if (match(line, /^"([^"]|"")*"/)) {
          field[++n] = substr(line, 2, RLENGTH - 2)
          gsub(/""/, "\"", field[n])
        } else {
          match(line, /^[^,]*/)
          field[++n] = substr(line, 1, RLENGTH)
        }
        line = substr(line, RLENGTH + 2)
      }
      return n
    }
    FILENAME == "-" { n = fields($0); if (field[3] ~ /"min":0/) optional[field[1], field[2]] = 1; next }
    /^[A-Za-z_0-9]+ table$/ && (FNR == 1 || blank) { table = $1; print table; blank = 0; heading = 1; next }
    $0 == "" { blank = 1; next }
    heading { columns = fields($0); for (i = 1; i <= columns; i++) name[i] = field[i]; heading = 0; next }
    {
      blank = 0
      if (fields($0) != columns) exit 1
      row = ""
      for (i = 1; i <= columns; i++) if (name[i] == "_uuid") { row = field[i]; gsub(/\["uuid",|[]"]/, "", row) }
      for (i = 1; i <= columns; i++) {
        value = field[i]
        if (name[i] == "_version" || value == "[\"set\",[]]" || value == "[\"map\",[]]") continue
        if (!((table, name[i]) in optional) && value ~ /^("")?$|^0$|^false$|^\["uuid","0{8}-[0-]*"\]$/) continue
        print table "\t" row "\t" name[i] "\t" value
      }
    }' - "$1"
}

# ovs__lost BEFORE AFTER: what is in the first list of ovs__look and not in the second, or another value there: one sentence a line. A row that is gone
# is one line, not one for each of its values. A row is called by its name where it has one.
ovs__lost() {
  awk -F '\t' '
    function called(table, row) {
      return table " " (((table, row, "name") in was) ? was[table, row, "name"] : row)
    }
    function short(value) { return length(value) > 120 ? substr(value, 1, 117) "..." : value }
    NF < 4 { next }
    FNR == NR { is[$1, $2, $3] = $4; rows[$1, $2] = 1; next }
    { was[$1, $2, $3] = $4; order[++n] = $0 }
    END {
      for (i = 1; i <= n; i++) {
        split(order[i], cell, "\t")
        table = cell[1]; row = cell[2]; column = cell[3]; value = cell[4]
        if (!((table, row) in rows)) {
          if (column == "_uuid") print called(table, row) ": the whole row"
        } else if (!((table, row, column) in is)) print called(table, row) ": " column " = " short(value)
        else if (is[table, row, column] != value) print called(table, row) ": " column " = " short(value) ", which becomes " short(is[table, row, column])
      }
      for (key in is) if (!(key in was)) {
        split(key, cell, SUBSEP)
        print called(cell[1], cell[2]) ": " cell[3] " has no value, which becomes " short(is[key])
      }
    }' "$2" "$1" | sort
}

# ovs__server_of BIN: the database server that belongs to the tools in that directory.
ovs__server_of() { printf '%s\n' "${OVS_ROOT:-}${1%/bin}/sbin/ovsdb-server"; }

# ovs__losses BEFORE AFTER PREFIX|found DIR: of a database file and of its conversion to the schema of that release: DIR/lost has what ovs__lost says, and
# DIR/tables the tables whose rows are all there still, on one line. Returns 1 when the release's own server cannot read AFTER.
ovs__losses() {
  ovs__side "$3" || return 1
  mkdir -p "$4" && chmod 700 "$4" || return 1
  ovs__look "$(ovs__server_of "$(ovs__newer_bin "$3")")" "$1" >"$4/before" || return 1
  ovs__look "${OVS_ROOT:-}$SIDE_SBIN/ovsdb-server" "$2" >"$4/after" || return 1
  ovs__lost "$4/before" "$4/after" >"$4/lost.new" || return 1
  awk -F '\t' '
    FNR == NR { if (NF == 1) has[$1] = 1; if ($3 == "_uuid") row[$1, $2] = 1; next }
    $3 == "_uuid" && !(($1, $2) in row) { delete has[$1] }
    END { for (table in has) print table }' "$4/after" "$4/before" | sort | tr '\n' ' ' >"$4/tables.new"
  [ -s "$4/tables.new" ] || return 1
  mv "$4/tables.new" "$4/tables" && mv "$4/lost.new" "$4/lost"
}

# ovs__trial_losses PREFIX|found DIR: the same for the live database, converted down on a copy with the later release's tools.
ovs__trial_losses() (
  ovs__context || return 1
  mkdir -p "$2" && chmod 700 "$2" || return 1
  OVS_BIN=$(ovs__newer_bin "$1") && ovs__side "$1" || return 1
  ovs__client backup "unix:$OVS_RUNDIR/db.sock" Open_vSwitch >"$2/now.db" && cp "$2/now.db" "$2/converted.db" || return 1
  timeout 120 "$OVS_BIN/ovsdb-tool" -vconsole:off compact "$2/converted.db" &&
    timeout 240 "$OVS_BIN/ovsdb-tool" convert "$2/converted.db" "${OVS_ROOT:-}$SIDE_SCHEMA" || return 1
  ovs__losses "$2/now.db" "$2/converted.db" "$1" "$2" || return 1
  rm -f "$2/now.db" "$2/converted.db" "$2/before" "$2/after"
)

# ovs__no_more_lost BEFORE AFTER PREFIX|found: in a transaction that goes back: refuses a conversion that loses anything which $TX/rollback/lost does not
# name: somebody wrote it since.
ovs__no_more_lost() {
  ovs__losses "$1" "$2" "$3" "$TX/rollback/again" || return 1
  ovs__more=$(comm -13 "$TX/rollback/lost" "$TX/rollback/again/lost")
  rm -f "$TX/rollback/again/before" "$TX/rollback/again/after"
  [ -z "$ovs__more" ] || ovs__no "going back would lose what nobody has accepted: $(ovs__on_one_line "$ovs__more")"
}

# ovs__build_now: the build that runs, as ovs_running says it.
ovs__build_now() { ovs_running | ovs__key build; }

# ovs__place BUILD: the directory of a build, `found` for the release found on the host.
ovs__place() {
  case $1 in
    found) echo found ;;
    *) echo "/opt/ovsfleet/ovs/$1" ;;
  esac
}

# ovs_rolled_back [RUN...]: the canonical record: `build=`, `release=`, `database=`, each `the one before` when there is nothing to take back; else
# what runs, and what ran before.
ovs_rolled_back() (
  running=$(ovs_running)
  build=$(printf '%s\n' "$running" | ovs__key build)
  way=$(ovs_way_back "$build" "$@")
  release=$(printf '%s\n' "$running" | ovs__key release)
  schema=$(printf '%s\n' "$running" | ovs__key schema)
  case $(printf '%s\n' "$way" | ovs__key is) in
    there)
      own=$(ovs__own_schema "$(ovs__place "$build")")
      [ -z "$own" ] || [ "$own" = "$schema" ] || {
        printf 'build=the one before\nrelease=the one before\ndatabase=schema %s (of its own: %s)\n' "$schema" "$own"
        return 0
      }
      printf 'build=the one before\nrelease=the one before\ndatabase=the one before\n'
      ;;
    open)
      printf 'build=%s (before: %s)\n' "$build" "$(printf '%s\n' "$way" | ovs__key from)"
      printf 'release=%s (before: %s)\n' "$release" "$(printf '%s\n' "$way" | ovs__key from_release)"
      printf 'database=schema %s (before: %s)\n' "$schema" "$(printf '%s\n' "$way" | ovs__key from_schema)"
      ;;
    *) printf 'build=%s (before: not known)\nrelease=%s (before: not known)\ndatabase=schema %s (before: not known)\n' "$build" "$release" "$schema" ;;
  esac
)

# ovs__own_schema PREFIX|found: the version of the schema that belongs to that release; nothing when it cannot be read.
ovs__own_schema() (
  ovs__side "$1" 2>/dev/null && timeout 10 "${OVS_ROOT:-}$SIDE_BIN/ovsdb-tool" schema-version "${OVS_ROOT:-}$SIDE_SCHEMA" 2>/dev/null
  :
)

# ovs_rollback_objections [RUN...]: every reason against taking this host back, one sentence a line.
ovs_rollback_objections() (
  ovs__context 2>/dev/null || {
    echo 'the switch cannot be asked'
    return 0
  }
  case $OVS_OWNER in
    none | container)
      ovs_refusals found
      return 0
      ;;
  esac
  build=$(ovs__build_now)
  way=$(ovs_way_back "$build" "$@")
  case $(printf '%s\n' "$way" | ovs__key is) in
    open) ovs__object_to_way "$way" ;;
    unknown) echo "it runs $build, and nothing here says what ran before that" ;;
    other) echo "it runs $build, which another run put there since ($(printf '%s\n' "$way" | ovs__key tx))" ;;
  esac
)

# ovs__object_to_way WAY: what stands against that way back.
ovs__object_to_way() {
  ovs__target=$(ovs__place "$(printf '%s\n' "$1" | ovs__key from)")
  ovs__then=$(printf '%s\n' "$1" | ovs__key from_release)
  ovs__refused=$(ovs_refusals "$ovs__target" 2>&1)
  [ -z "$ovs__refused" ] || printf '%s\n' "$ovs__refused"
  ovs__side "$ovs__target"
  for ovs__file in "$SIDE_BIN/ovs-vsctl" "$SIDE_SBIN/ovs-vswitchd"; do
    [ -x "${OVS_ROOT:-}$ovs__file" ] || continue
    ovs__there=$(ovs__release_of_tool "$ovs__file")
    [ "$ovs__there" = "$ovs__then" ] || {
      echo "the release to go back to was $ovs__then, and now $ovs__file is ${ovs__there:-none that starts}"
      break
    }
  done
  ovs__newer_or_same "$ovs__then" 2.8 ||
    echo "it ran $ovs__then, whose flows cannot be restored for certain (that begins with 2.8)"
  ovs__objection_module "$ovs__then"
  ovs__objection_ports
}

# ovs_rollback_losses all|lost|failed [RUN...]: `lost`: one sentence with what going back would lose of the database, the first 20 things by name;
# `failed`: why it cannot be converted at all; `all`: whichever it is. Nothing when nothing would be lost, or nothing is to be taken back.
ovs_rollback_losses() (
  wanted=$1
  shift
  ovs__context 2>/dev/null || return 0
  case $OVS_OWNER in none | container) return 0 ;; esac
  way=$(ovs_way_back "$(ovs__build_now)" "$@")
  [ "$(printf '%s\n' "$way" | ovs__key is)" = open ] || return 0
  target=$(ovs__place "$(printf '%s\n' "$way" | ovs__key from)")
  dir=$(mktemp -d /var/tmp/ovs-losses.XXXXXX) || return 1
  if said=$(ovs__trial_losses "$target" "$dir" 2>&1); then
    [ "$wanted" = failed ] || [ ! -s "$dir/lost" ] ||
      printf 'what schema %s does not know would be lost: %s\n' "$(ovs__own_schema "$target")" "$(
        awk 'NR <= 20 { printf "%s%s", (NR > 1 ? "; " : ""), $0 } END { if (NR > 20) printf "; and %d more", NR - 20 }' "$dir/lost"
      )"
  elif [ "$wanted" != lost ]; then
    printf 'the database cannot be converted: %s\n' "$(ovs__on_one_line "$said")"
  fi
  rm -rf "$dir"
)

# ovs_rollback_capture refuse|accept [RUN...]: makes ready to go back, without changing anything outside $TX: finds the way, refuses (1) when it would
# lose something and that is not accepted, then ovs_capture.
ovs_rollback_capture() (
  [ ! -e "$TX/ovs/captured" ] || return 0
  accept=$1
  shift
  rm -rf "$TX/rollback"
  mkdir -p "$TX/rollback" && chmod 700 "$TX/rollback" || return 1
  way=$(ovs_way_back "$(ovs__build_now)" "$@")
  [ "$(printf '%s\n' "$way" | ovs__key is)" = open ] || ovs__no 'there is nothing to take back here' || return 1
  target=$(ovs__place "$(printf '%s\n' "$way" | ovs__key from)")
  ovs__trial_losses "$target" "$TX/rollback/trial" || ovs__no 'the database cannot be converted back' || return 1
  lost=$(cat "$TX/rollback/trial/lost")
  [ -z "$lost" ] || [ "$accept" = accept ] || ovs__no "going back would lose what nobody has accepted: $(ovs__on_one_line "$lost")" || return 1
  mv "$TX/rollback/trial/lost" "$TX/rollback/trial/tables" "$TX/rollback" || return 1
  [ -z "$lost" ] || ovs__say "going back loses: $(ovs__on_one_line "$lost")"
  printf '%s\n' "$target" >"$TX/rollback/target"
  ovs_capture "$target"
)

# ovs_rollback_target: the release that this transaction goes back to.
ovs_rollback_target() { cat "$TX/rollback/target"; }
