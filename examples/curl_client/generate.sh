#!/usr/bin/env bash
# A careful client of the AI Image API with bash, curl and jq: generates one image and fetches its picture.
#
#   AIIMAGE_TOKEN=demo examples/curl_client/generate.sh "A fox" fox.png
#
# AIIMAGE_BASE_URL is the address of the API, by default http://127.0.0.1:8010/api/v1. Exit status: 0 the picture is written;
# 2 bad usage; 3 the lock was never free; 4 no credits; 5 the daily limit is reached; 6 a parameter is invalid;
# 7 the token is invalid; 8 the engine failed, and nothing is charged; 9 the outcome of the request is unknown;
# 10 the image exists, but its picture cannot be fetched.
set -euo pipefail

if [[ $# != 2 || -z ${AIIMAGE_TOKEN:-} ]]; then
  echo "usage: AIIMAGE_TOKEN=... generate.sh PROMPT FILE" >&2
  exit 2
fi
prompt=$1 file=$2
base_url=${AIIMAGE_BASE_URL:-http://127.0.0.1:8010/api/v1}
pauses=(1 2 4 8) # seconds; together longer than the 10 for which a lock lives
attempts=3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
reply=$work/reply
# In a file, since every user of the machine can read the arguments of a command.
printf 'header = "Authorization: Bearer %s"\n' "$AIIMAGE_TOKEN" >"$work/token"

stop() { # stop STATUS MESSAGE
  echo "generate.sh: $2" >&2
  exit "$1"
}

call() { # call OPERATION [CURL OPTION ...]: sets status, and writes JSON to $reply; fails without a complete response
  local operation=$1
  shift
  : >"$reply"
  status=$(curl --silent --max-time 60 --config "$work/token" --output "$reply" --write-out '%{http_code}' \
    "$@" "$base_url/aiimage/$operation") && jq --exit-status 'type == "object" or type == "array"' "$reply" >"$work/is-json" 2>&1
}

message() {
  jq --raw-output .message "$reply"
}

order() { # sends the one request that costs credits, once. 0: $reply has the image; 1: locked; 2: unknown outcome
  call generate-image --header 'Content-Type: application/json' --data "$(jq --null-input --arg prompt "$prompt" \
    '{image_generator: "flux-pro", description_flux_pro: $prompt, image_number_of_images: 1}')" || return 2
  case $status in
    200) [[ $(jq --raw-output .status "$reply") == success ]] || stop 8 "$(message)" ;;
    401) stop 7 "$(message)" ;;
    409) return 1 ;;
    419) stop 4 "$(message)" ;;
    422) stop 6 "$(message)" ;;
    429) stop 5 "$(message) Ask again tomorrow." ;;
    *) return 2 ;;
  esac
}

wait_for_the_lock() {
  local pause
  for pause in "${pauses[@]}"; do
    sleep "$pause"
    if call check-availability && [[ $status == 200 ]]; then return; fi
  done
  stop 3 "the lock was never free"
}

recent() { # writes the recent images to $reply; retries
  local pause
  for pause in "${pauses[@]}"; do
    if call recent-images; then
      case $status in
        200) return ;;
        401) stop 7 "$(message)" ;;
      esac
    fi
    sleep "$pause"
  done
  stop 9 "recent-images gives no valid response"
}

generate() { # prints the output of a new image, which is paid for once
  local attempt outcome newest made
  recent
  newest=$(jq '[.[].id] | max // 0' "$reply")
  for ((attempt = 0; attempt < attempts; attempt++)); do
    outcome=0
    order || outcome=$?
    if ((outcome == 0)); then
      jq --raw-output '.images[0].output' "$reply"
      return
    fi
    wait_for_the_lock
    if ((outcome == 2)); then
      recent
      made=$(jq --raw-output --arg prompt "$prompt" --argjson newest "$newest" \
        'map(select(.id > $newest and .input == $prompt))[0].output // empty' "$reply")
      if [[ -n $made ]]; then
        echo "$made"
        return
      fi
    fi
  done
  stop 9 "no image after $attempts attempts"
}

fetch() { # fetch OUTPUT: writes the picture. Another host may serve it, so the token is not sent
  local url=$1 pause
  [[ $url == *://* ]] || url=${base_url%/api/v1}/$url
  for pause in "${pauses[@]}"; do
    if curl --silent --fail --location --max-time 60 --output "$work/picture" "$url"; then
      mv "$work/picture" "$file"
      echo "$file: $url"
      return
    fi
    sleep "$pause"
  done
  stop 10 "the picture cannot be fetched: $url"
}

output=$(generate)
fetch "$output"
