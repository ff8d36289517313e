#!/bin/sh
# Starts Caddy; what is wrong with a setting is said in one line, before Caddy would say it in twenty.
set -eu
name='([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?'
if [ -z "${SITE_ADDRESS:-}" ]; then
  export SITE_ADDRESS=http://
elif ! printf '%s' "$SITE_ADDRESS" | grep -Eqx "(https?://)?($name|localhost)"; then
  echo "SITE_ADDRESS: must be a domain such as example.org, without a path or port, and is $SITE_ADDRESS" >&2
  exit 1
fi
# Names, each checked by itself; a single one is served as before there were several, without checks or a cookie.
export UPSTREAMS_ARE=one
if [ -n "${API_UPSTREAMS:-}" ]; then
  case $API_UPSTREAMS in *' '*) UPSTREAMS_ARE=several ;; esac
  if ! printf '%s' "$API_UPSTREAMS" | grep -Eqx '[A-Za-z0-9._-]+:[0-9]+( +[A-Za-z0-9._-]+:[0-9]+)*'; then
    echo "API_UPSTREAMS: must be names with ports, such as me-api-1:1337 me-api-2:1337, and is $API_UPSTREAMS" >&2
    exit 1
  fi
fi
exec caddy run --config /etc/caddy/Caddyfile --adapter caddyfile
