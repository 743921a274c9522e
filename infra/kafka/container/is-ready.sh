#!/usr/bin/env bash
# Whether the broker has a coordinator for consumer groups, which is the last thing it gets ready. Asked in Kafka's own
# protocol, because Kafka's tools would start a JVM for it every few seconds.
exec 3<>/dev/tcp/127.0.0.1/9092 || exit 1
# FindCoordinator, version 0: length 23, api key 10, version 0, correlation 1, client "ready", group "ready".
printf '\0\0\0\x16\0\x0a\0\0\0\0\0\1\0\5ready\0\5ready' >&3
# Length, correlation, error code; 0 is none, 15 is "not available yet".
answer=$(head -c 10 <&3 | od -An -tx1 | tr -d ' \n')
[[ ${answer:8} = 000000010000 ]]
