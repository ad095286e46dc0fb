# The parent of one PostgreSQL: ends it when the process that started us is gone, however it went.
#
# $1 and $2 are folders to delete when PostgreSQL has ended, or empty; the rest is its command line.
# Our input is a pipe whose other end only that process holds: it closes when the process ends,
# even when it is killed. Our output is the locked file: open in us and in PostgreSQL, so the lock
# lasts until the last of us is gone. We are a process group of our own, so the terminal's Ctrl-C
# does not reach us.

first=$1 second=$2
shift 2
trap '' HUP INT TERM
exec 3<&0 </dev/null

"$@" 3<&- &
server=$!

(
    exec >/dev/null
    while read -r line <&3; do :; done
    # Early in its start PostgreSQL ignores a signal, hence more than one. INT ends it in order,
    # QUIT at once (the next start then recovers).
    for signal in INT INT INT INT INT QUIT QUIT QUIT KILL; do
        kill -s "$signal" "$server" 2>/dev/null || exit 0
        sleep 1
    done
) &
watcher=$!
exec 3<&-

wait "$server"
status=$?
kill -s KILL "$watcher" 2>/dev/null
for folder in "$first" "$second"; do
    [ -z "$folder" ] || rm -rf -- "$folder"
done
exit "$status"
