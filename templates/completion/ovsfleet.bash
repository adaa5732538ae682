# Completion of ovsfleet for bash.
_ovsfleet() {
  local one word=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  # Words are taken apart at these: nothing of the next one is typed yet.
  case $word in [:=]) word= ;; esac
  while IFS= read -r one; do
    if [[ $one == "$word"* ]]; then COMPREPLY+=("$one"); fi
  done < <(ovsfleet --get-yargs-completions "${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
  # What follows NAME= is typed on.
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
# Where there is nothing of ours to say, files are completed.
complete -o bashdefault -o default -F _ovsfleet ovsfleet
