# shellcheck shell=sh
# What this host remembers of its own swaps, so that it can go back without anybody's journal: /var/lib/ovsfleet/ovs/swaps, a line for each that
# was kept, oldest first, as `KEY=VALUE` words:
#   swap|back tx=ID at=SECONDS from=BUILD|found from_release=R from_schema=S to=BUILD|found to_release=R to_schema=S
# `back` is a swap that went back to what another had replaced: going back once more does not go forward again.
# shellcheck disable=SC2030,SC2031 # variables set in a subshell are meant to stay there

ovs__swaps() { cat "${OVS_ROOT:-}/var/lib/ovsfleet/ovs/swaps" 2>/dev/null; }

# ovs__ran SIDE: the record of ovs_running on stdin, as words of such a line. A release may be followed by a remark.
ovs__ran() {
  awk -F= -v side="$1" '
    { split($2, word, " "); value[$1] = word[1] }
    END { print side "=" value["build"] " " side "_release=" value["release"] " " side "_schema=" value["schema"] }'
}

# ovs__note_swap: after a transaction was kept: writes down what ran before it ($TX/ovs/ran) and what runs now, once. One that was undone, and
# one that brought no other release, leaves no line.
ovs__note_swap() (
  [ -e "$TX/confirmed" ] && [ -s "$TX/ovs/ran" ] || return 0
  id=${TX##*/}
  ! ovs__swaps | grep -q -F " tx=$id " || return 0
  now=$(ovs_running)
  build=$(printf '%s\n' "$now" | ovs__key build)
  case $build in none | *+*) ovs__no "$build runs after a swap that was kept" || return 1 ;; esac
  [ "$build" != "$(ovs__key build <"$TX/ovs/ran")" ] || return 0
  kind=swap
  [ ! -e "$TX/rollback/target" ] || kind=back
  {
    ovs__swaps | tail -n 99
    printf '%s tx=%s at=%s %s %s\n' "$kind" "$id" "$(date +%s)" "$(ovs__ran from <"$TX/ovs/ran")" "$(printf '%s\n' "$now" | ovs__ran to)"
  } | ovs__put "${OVS_ROOT:-}/var/lib/ovsfleet/ovs/swaps" 600
)

# ovs_way_back BUILD [RUN...]: whether what runs (BUILD) can be taken back, as `KEY=VALUE` lines. The first is
#   is=there     nothing to take back: what ran before the last swap runs, or nothing was ever swapped here
#   is=open      BUILD was put there by the last swap; its words follow, a line each
#   is=unknown   there is no record of how BUILD came here
#   is=other     with RUNs: BUILD was put there by a swap of none of these; that one's words follow
# With RUNs only the swaps of these runs count: a transaction's id is its run's with something after it. Nothing to take back then means that
# they swapped nothing here, or that what ran before them runs.
ovs_way_back() (
  build=$1
  shift
  ovs__swaps | awk -v build="$build" -v runs="$*" '
    function ours(tx, i) { for (i = 1; i <= n; i++) if (index(tx, run[i] "-") == 1) return 1; return 0 }
    function tell(is, line, i, m, word) {
      print "is=" is
      m = split(line, word, " ")
      for (i = 2; i <= m; i++) print word[i]
      exit
    }
    BEGIN { n = split(runs, run, " ") }
    $1 != "swap" { next }
    {
      from = to = tx = ""
      for (i = 2; i <= NF; i++) {
        if ($i ~ /^from=/) from = substr($i, 6)
        if ($i ~ /^to=/) to = substr($i, 4)
        if ($i ~ /^tx=/) tx = substr($i, 4)
      }
      any = 1
      last_from = from; last_to = to; last_line = $0
      if (to == build) { here = $0; here_tx = tx }
      if (ours(tx)) { mine = 1; mine_from = from }
    }
    END {
      if (n) {
        if (!mine || mine_from == build) tell("there")
        if (here != "") tell(ours(here_tx) ? "open" : "other", here)
        tell("unknown")
      }
      if (any ? last_from == build : build == "found") tell("there")
      if (any && last_to == build) tell("open", last_line)
      tell("unknown")
    }'
)
