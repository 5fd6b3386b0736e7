# Creates a user with curl, and calls two other servers.
set -eu
path='/identities?api-version=2023-10-01'
body='{}'
date=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
host=${COMMUNICATION_ENDPOINT#https://}
digest=$(printf %s "$body" | openssl dgst -sha256 -binary | base64)
key=$(printf %s "$COMMUNICATION_ACCESS_KEY" | base64 -d | od -A n -v -t x1 | tr -d ' \n')
signature=$(printf 'POST\n%s\n%s;%s;%s' "$path" "$date" "$host" "$digest" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64 -w 0)
status() { curl --silent --show-error --output /dev/null --write-out '%{http_code}\n' "$@" 2>&1; }
status "$COMMUNICATION_ENDPOINT$path" --data "$body" --header 'Content-Type: application/json' \
  --header "x-ms-date: $date" --header "x-ms-content-sha256: $digest" \
  --header "Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=$signature"
for url in "$SECOND_URL" "$THIRD_URL"; do status "$url" | head -n 1; done
