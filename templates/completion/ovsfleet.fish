# Completion of ovsfleet for fish; where there is nothing of ours to say, files are completed.
function __ovsfleet
    ovsfleet --get-yargs-completions (commandline -opc) (commandline -ct) 2>/dev/null
end
complete -c ovsfleet -a '(__ovsfleet)'
