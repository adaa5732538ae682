# Completion of ovsfleet for bash.
_ovsfleet() {
  local word IFS=$'\n'
  word="${COMP_WORDS[COMP_CWORD]}"
  mapfile -t COMPREPLY < <(compgen -W "$(ovsfleet --get-yargs-completions "${COMP_WORDS[@]}" 2>/dev/null)" -- "$word")
}
# Where there is nothing of ours to say, files are completed.
complete -o bashdefault -o default -F _ovsfleet ovsfleet
