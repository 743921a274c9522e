#!/usr/bin/env bash
# Whether the service in this container takes requests. The shell's own TCP costs a hundredth of another Node, and every
# container asks every few seconds.
exec 3<>"/dev/tcp/127.0.0.1/$PORT" || exit 1
printf 'GET /health/ready HTTP/1.0\r\n\r\n' >&3
read -r _ status _ <&3
[[ $status = 200 ]]
