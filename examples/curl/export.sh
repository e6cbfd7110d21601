#!/usr/bin/env bash
# Takes the packets of all sessions that match an expression, as a capture file:
#   LOOKBACK_URL=http://127.0.0.1:8005 LOOKBACK_TOKEN=lb_… ./export.sh 'protocols == dns' dns.pcap
# Needs curl and jq. The token needs the scope export.
set -euo pipefail
url=${LOOKBACK_URL:?set LOOKBACK_URL to where the service is}
token=${LOOKBACK_TOKEN:?set LOOKBACK_TOKEN to a token of the mutation createToken}
expression=${1:?usage: export.sh EXPRESSION FILE}
file=${2:?usage: export.sh EXPRESSION FILE}

# ask QUERY VARIABLES: the data of the answer; an error ends the script with its code.
ask() {
  local answer variables=$2
  answer=$(jq -n --arg query "$1" --argjson variables "$variables" '{query: $query, variables: $variables}' |
    curl --silent --show-error --header "Authorization: Bearer $token" --header 'Content-Type: application/json' --data @- "$url/graphql")
  if jq -e '.errors' >/dev/null <<<"$answer"; then
    jq -r '.errors[0] | "error \(.extensions.code): \(.message)"' <<<"$answer" >&2
    return 1
  fi
  jq '.data' <<<"$answer"
}

# The key makes asking again harmless when the connection breaks: the same export is answered.
key="export-$(date +%s)-$$"
id=$(ask 'mutation ($expression: String, $key: String) { createExport(expression: $expression, idempotencyKey: $key) { id } }' \
  "$(jq -n --arg expression "$expression" --arg key "$key" '{$expression, $key}')" | jq -r '.createExport.id')

while :; do
  job=$(ask 'query ($id: ID!) { export(id: $id) { state sessions packets sha256 downloadUrl error { code message } } }' "$(jq -n --arg id "$id" '{$id}')" | jq '.export')
  case $(jq -r '.state' <<<"$job") in
    DONE) break ;;
    QUEUED | RUNNING) sleep 1 ;;
    *) jq -r '"error \(.error.code // .state): \(.error.message // "")"' <<<"$job" >&2; exit 1 ;;
  esac
done

# --continue-at - takes up a download that broke; the file's SHA-256 says that it is whole.
curl --silent --show-error --fail --continue-at - --header "Authorization: Bearer $token" --output "$file" "$url$(jq -r '.downloadUrl' <<<"$job")"
echo "$(jq -r '.sha256' <<<"$job")  $file" | sha256sum --check --quiet
jq -r --arg file "$file" '"\($file): \(.packets) packets of \(.sessions) sessions"' <<<"$job"
