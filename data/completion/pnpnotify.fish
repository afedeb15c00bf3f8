# SPDX-License-Identifier: MIT
# Completion for fish: the command itself knows what may come next. Paths are fish's own.
complete -c pnpnotify -a '(pnpnotify complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
