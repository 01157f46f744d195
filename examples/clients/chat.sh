#!/usr/bin/env bash
# A chat in the terminal with curl and jq: hears by Server-Sent Events, says by publishing over HTTP.
#
#     ./chat.sh ws://127.0.0.1:3000/hawser/ws TOKEN ROOM NAME
#
# A line that is typed goes to the room; what is heard is printed, one JSON object a line. When the connection breaks it
# comes back with the id of the last event: nothing is lost, nothing comes twice. PUBLISH_KEY is the key of the HTTP API,
# for servers that want one.
set -u
base=http${1#ws} base=${base%/*} token=$2 room=$3 name=$4 run=$$-$RANDOM$RANDOM said=0

# The same Idempotency-Key on each attempt, so that a line that came through is not published again.
publish() { # author text
  local key=$run-$BASHPID-$((said += 1)) body
  body=$(jq -nc '{room: $ARGS.positional[0], event: "chat", data: $ARGS.positional[1:], durable: true}' --args "$room" "$@")
  until curl -fsS --max-time 10 "$base/publish" -d "$body" -H "Content-Type: application/json" \
    -H "Idempotency-Key: $key" ${PUBLISH_KEY:+-H "Authorization: Bearer $PUBLISH_KEY"} >/dev/null; do
    sleep 0.3
  done
}

hear() {
  local last="" id="" data="" tenths=1 line curl
  trap 'kill "$curl" 2>/dev/null; exit' TERM
  while :; do
    exec 4< <(exec curl -fsN --speed-limit 1 --speed-time 60 -G "$base/sse" --data-urlencode "room=$room" \
      -H "Authorization: Bearer $token" ${last:+-H "Last-Event-ID: $last"})
    curl=$!
    while IFS= read -r line <&4; do
      case $line in
        "id: "*) id=${line#id: } ;;
        "data: "*) data=${line#data: } ;;
        "") # the event is complete, and only now its id counts
          last=$id
          if [ -n "$data" ]; then tenths=1 && heard "$data"; fi
          data="" ;;
      esac
    done
    id=$last data=""
    wait "$curl"
    [ $? = 22 ] && echo "the server has refused" >&2 && return 1 # 22: an HTTP status of 400 or more
    sleep "$((tenths / 10)).$((tenths % 10))"
    ((tenths = tenths < 50 ? tenths * 2 : 100))
  done
}

heard() {
  echo "$1"
  if [[ $1 == *'"ping-from-browser"]'* ]]; then publish "$name" "$name heard it"; fi
}

type_lines() {
  while IFS= read -r line; do publish "$name" "$line"; done
}

hearing="" typing=""
trap 'kill $hearing $typing 2>/dev/null; wait' EXIT
trap exit TERM INT
hear &
hearing=$!
exec 3<&0
type_lines <&3 &
typing=$!
wait -n # either has ended
