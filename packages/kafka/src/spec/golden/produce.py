# Sends what librdkafka's producer can: pip install confluent-kafka; python3 produce.py host:port
import sys
from confluent_kafka import Producer

BINARY = bytes([0, 0, 0, 0, 42, 6, 0xFF, 0xFE, 0x80, 0xC3])
HEADERS = [('baggage', b'a=1'), ('baggage', b'b=2'), ('empty', None), ('empty', b''), ('binary', BINARY), ('z', b'last')]

for codec in ['none', 'gzip', 'snappy', 'lz4', 'zstd']:
    producer = Producer({'bootstrap.servers': sys.argv[1], 'compression.type': codec, 'linger.ms': 200})
    say = lambda **said: producer.produce(f'librdkafka-{codec}', partition=0, **said)
    say(key=b'key', value=('größer 🥖' * 20).encode(), headers=HEADERS, timestamp=1_763_700_000_000)
    say(value=BINARY, timestamp=1_763_700_000_007)
    say(key=b'gone', value=None, timestamp=1_763_699_999_999)
    producer.flush()
