#!/bin/sh
# Starts Caddy; what is wrong with SITE_ADDRESS is said in one line, before Caddy would say it in twenty.
set -eu
name='([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?'
if [ -z "${SITE_ADDRESS:-}" ]; then
  export SITE_ADDRESS=http://
elif ! printf '%s' "$SITE_ADDRESS" | grep -Eqx "(https?://)?($name|localhost)"; then
  echo "SITE_ADDRESS: must be a domain such as example.org, without a path or port, and is $SITE_ADDRESS" >&2
  exit 1
fi
exec caddy run --config /etc/caddy/Caddyfile --adapter caddyfile
