FROM caddy:2-alpine
# /data and /config belong to the user so that new named volumes do too.
RUN adduser -S -D -H -u 10002 -G nobody proxy && chown -R 10002 /data /config
COPY docker/Caddyfile /etc/caddy/Caddyfile
USER 10002
