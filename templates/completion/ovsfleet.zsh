#compdef ovsfleet
# Completion of ovsfleet for zsh.
_ovsfleet() {
  local reply
  local si=$IFS
  IFS=$'\n' reply=($(OVSFLEET_COMPLETES=zsh COMP_CWORD="$((CURRENT - 1))" COMP_LINE="$BUFFER" COMP_POINT="$CURSOR" ovsfleet --get-yargs-completions "${(@)words[1,CURRENT]}" 2>/dev/null))
  IFS=$si
  if [[ ${#reply} -gt 0 ]]; then
    _describe 'values' reply
  else
    _default
  fi
}
compdef _ovsfleet ovsfleet
