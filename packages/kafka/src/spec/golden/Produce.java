import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends what Java's producer can: java -cp 'libs/*' Produce.java host:port */
class Produce {
  static final byte[] BINARY = {0, 0, 0, 0, 42, 6, (byte) 0xff, (byte) 0xfe, (byte) 0x80, (byte) 0xc3};

  public static void main(String[] args) throws Exception {
    for (String codec : new String[] {"none", "gzip", "snappy", "lz4", "zstd"}) {
      try (var producer = producer(args[0], codec, null)) {
        send(producer, "java-" + codec);
      }
    }
    try (var producer = producer(args[0], "none", "golden")) {
      producer.initTransactions();
      for (boolean commits : new boolean[] {true, false, true}) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("java-transactions", null, bytes("k"), bytes(commits ? "kept" : "aborted")));
        producer.flush();
        if (commits) producer.commitTransaction();
        else producer.abortTransaction();
      }
    }
  }

  static KafkaProducer<byte[], byte[]> producer(String brokers, String codec, String transaction) {
    var properties = new Properties();
    properties.put("bootstrap.servers", brokers);
    properties.put("compression.type", codec);
    properties.put("linger.ms", "200");
    if (transaction != null) properties.put("transactional.id", transaction);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static void send(KafkaProducer<byte[], byte[]> producer, String topic) {
    var headers = new ProducerRecord<byte[], byte[]>(topic, 0, 1_763_700_000_000L, bytes("key"), bytes("größer 🥖".repeat(20)));
    headers.headers().add("baggage", bytes("a=1")).add("baggage", bytes("b=2"));
    headers.headers().add("empty", (byte[]) null).add("empty", bytes("")).add("binary", BINARY).add("z", bytes("last"));
    producer.send(headers);
    producer.send(new ProducerRecord<>(topic, 0, 1_763_700_000_007L, (byte[]) null, BINARY));
    producer.send(new ProducerRecord<>(topic, 0, 1_763_699_999_999L, bytes("gone"), (byte[]) null));
    producer.flush();
  }

  static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
