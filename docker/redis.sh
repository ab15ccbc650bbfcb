#!/bin/sh
# redis-server reads a password only from its configuration; the file lives in memory and nobody else's sight.
set -eu
umask 077
printf 'requirepass %s\n' "$(cat "$REDIS_PASSWORD_FILE")" > /tmp/redis.conf
exec redis-server /tmp/redis.conf "$@"
