package io.stopline.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageCodecTest {

  private static final MessageCodec CODEC = new MessageCodec();
  private static final List<Class<? extends TelemetryMessage>> KINDS =
      List.of(
          IncidentMessage.class,
          BirthMessage.class,
          DeathMessage.class,
          HealthMessage.class,
          Acknowledgement.class);

  @Property(tries = 100)
  void anIncidentSurvivesTheTripExactly(
      @ForAll long seed, @ForAll @DoubleRange(max = 1) double score, @ForAll @IntRange int number)
      throws MalformedMessageException {
    IncidentMessage incident = Samples.incident(number & 0x7fff_ffffL, seed, score);

    assertThat(CODEC.decode(IncidentMessage.class, CODEC.encode(incident))).isEqualTo(incident);
  }

  @Test
  void everyOtherKindSurvivesTheTrip() throws MalformedMessageException {
    for (TelemetryMessage message :
        List.of(
            Samples.birth(3),
            Samples.health(),
            new DeathMessage(1, "car-1", Samples.SESSION, 3, DeathMessage.Cause.LOST),
            new Acknowledgement(
                1,
                "car-1",
                List.of(new UUID(1, 2)),
                List.of(new Acknowledgement.Refusal(new UUID(3, 4), "crop is no PNG"))))) {
      assertThat(CODEC.decode(message.getClass(), CODEC.encode(message))).isEqualTo(message);
    }
  }

  @Test
  void aPlaceMayBeMissing() throws MalformedMessageException {
    String json = new String(CODEC.encode(Samples.incident(1, 2, 0.5)), UTF_8);
    String without = json.replaceFirst("\"place\":\\{[^}]*\\},", "");

    assertThat(without).isNotEqualTo(json);
    assertThat(CODEC.decode(IncidentMessage.class, without.getBytes(UTF_8)).place()).isNull();
  }

  @Test
  void framesOfAgentsThatCertifyNothingAreRead() throws MalformedMessageException {
    String json = new String(CODEC.encode(Samples.incident(1, 2, 0.5)), UTF_8);
    String without = json.replaceAll(",\"certificate\":\\{[^{]*\\{[^}]*\\}[^}]*\\}", "");

    assertThat(without).isNotEqualTo(json).doesNotContain("certificate");
    assertThat(CODEC.decode(IncidentMessage.class, without.getBytes(UTF_8)).evidence())
        .allSatisfy(e -> assertThat(e.certificate()).isNull());
    String track = json.replaceFirst("\"unit\":\"frame\"", "\"unit\":\"track\"");
    assertThatThrownBy(() -> CODEC.decode(IncidentMessage.class, track.getBytes(UTF_8)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("certificate.unit");
  }

  @Test
  void framesOfTracksWithoutRulesOfTheirOwnAreRead() throws MalformedMessageException {
    String json = new String(CODEC.encode(Samples.incident(1, 2, 0.5)), UTF_8);
    assertThat(CODEC.decode(IncidentMessage.class, json.getBytes(UTF_8)).evidence().get(0))
        .satisfies(e -> assertThat(e.lastScoresBefore()).containsExactly(0.125, e.score()));
    String without = json.replaceAll(",\"lastScoresBefore\":\\[[^]]*\\]", "");

    assertThat(without).isNotEqualTo(json).doesNotContain("lastScoresBefore");
    assertThat(CODEC.decode(IncidentMessage.class, without.getBytes(UTF_8)).evidence())
        .allSatisfy(e -> assertThat(e.lastScoresBefore()).isNull());
    String odd = json.replaceFirst("lastScoresBefore\":\\[0", "lastScoresBefore\":[1");
    assertThatThrownBy(() -> CODEC.decode(IncidentMessage.class, odd.getBytes(UTF_8)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("lastScoresBefore");
  }

  @Test
  void aSeedIsTextSinceNumbersLoseBits() {
    assertThat(new String(CODEC.encode(Samples.incident(1, -1L, 0.5)), UTF_8))
        .contains("\"seed\":\"ffffffffffffffff\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"schemaVersion\":1 | \"schemaVersion\":2 | $.schemaVersion",
        "\"schemaVersion\":1 | \"schemaVersion\":1,\"surprise\":true | surprise",
        "\"schemaVersion\":1 | \"schemaVersion\":1,\"schemaVersion\":1 | Duplicate",
        "\"track\":7 | \"track\":7.5 | $.track",
        "\"track\":7 | \"track\":\"7\" | $.track",
        "\"track\":7 | \"track\":null | $.track",
        "\"track\":7 | \"track\":-1 | $.track",
        "\"track\":7 | \"track\":1e99999 | range",
        "\"track\":7 | \"track\":99999999999999999999999 | 64 bits",
        "\"latitude\":48.137154 | \"latitude\":91 | $.place.latitude",
        "\"latitude\":48.137154 | \"latitude\":NaN | NaN",
        "\"latitude\":48.137154 | \"latitude\":1e999 | range",
        "\"device\":\"car-1\" | \"device\":\"car-1\\n\" | $.device",
        "\"device\":\"car-1\" | \"device\":\"<script>\" | $.device",
        "\"source\":\"front camera\" | \"source\":\"a\\u0000b\" | $.source",
        "\"source\":\"front camera\" | \"source\":\"\\ud800\" | Unicode",
        "\"firstSeen\":\"2026-03 | \"firstSeen\":\"2026-13 | no such time",
        "\"width\":48 | \"width\":0 | $.evidence[0].region.width",
        "\"crop\":\" | \"crop\":\"*** | $.evidence[0].crop",
        "\"decision\":\"SUSPECT\" | \"decision\":\"BRAKE\" | $.decision",
        "\"labelName\":\"stop\", | `` | labelName",
      })
  void whatBreaksTheSchemaIsRefusedWithItsPlace(String from, String to, String told) {
    String json = new String(CODEC.encode(Samples.incident(1, 2, 0.5)), UTF_8);
    int at = json.indexOf(from);
    assertThat(at).isNotNegative();
    String broken = json.substring(0, at) + to + json.substring(at + from.length());

    assertThatThrownBy(() -> CODEC.decode(IncidentMessage.class, broken.getBytes(UTF_8)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining(told)
        .hasMessageStartingWith("IncidentMessage at ");
  }

  @Test
  void sizesAreCapped() {
    assertThatThrownBy(
            () ->
                CODEC.decode(IncidentMessage.class, new byte[MessageCodec.MAX_INCIDENT_BYTES + 1]))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("at most");
    assertThatThrownBy(
            () -> CODEC.decode(BirthMessage.class, new byte[MessageCodec.MAX_CONTROL_BYTES + 1]))
        .isInstanceOf(MalformedMessageException.class);
    String deep = "[".repeat(100_000);
    assertThatThrownBy(() -> CODEC.decode(IncidentMessage.class, deep.getBytes(UTF_8)))
        .isInstanceOf(MalformedMessageException.class);
    String longText = "{\"device\":\"" + "a".repeat(1_000_000) + "\"}";
    assertThatThrownBy(() -> CODEC.decode(IncidentMessage.class, longText.getBytes(UTF_8)))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void whatWeMakeMustPassOurOwnSchema() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CODEC.encode(Samples.incident(-1, 0, 0.5)))
        .withMessageContaining("$.sequence");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CODEC.encode(Samples.incident(1, 0, Double.NaN)))
        .withMessageContaining("trackScore");
  }

  @Property(tries = 2000)
  void noBytesBringAnotherException(@ForAll @Size(max = 300) byte[] bytes) {
    for (Class<? extends TelemetryMessage> kind : KINDS) {
      onlyMalformed(kind, bytes);
    }
  }

  @Property(tries = 3000)
  void noDamagedMessageBringsAnotherException(
      @ForAll Random random, @ForAll @IntRange(min = 1, max = 8) int changes) {
    byte[] bytes =
        random.nextBoolean() ? CODEC.encode(Samples.birth(1)) : CODEC.encode(Samples.health());
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          random.nextBoolean() ? (byte) random.nextInt() : bytes[random.nextInt(bytes.length)];
    }
    onlyMalformed(BirthMessage.class, bytes);
    onlyMalformed(HealthMessage.class, bytes);
  }

  @Property(tries = 500)
  void noDamagedIncidentBringsAnotherException(@ForAll Random random) {
    byte[] bytes = CODEC.encode(Samples.incident(1, 2, 0.5));
    int start = random.nextInt(bytes.length);
    for (int i = start; i < Math.min(bytes.length, start + 4); i++) {
      bytes[i] = (byte) random.nextInt();
    }
    onlyMalformed(IncidentMessage.class, bytes);
  }

  private static void onlyMalformed(Class<? extends TelemetryMessage> kind, byte[] bytes) {
    try {
      TelemetryMessage message = CODEC.decode(kind, bytes);
      // What is accepted can be sent on.
      assertThat(CODEC.encode(message)).isNotEmpty();
    } catch (MalformedMessageException e) {
      assertThat(e.place()).isNotEmpty();
      assertThat(e).message().hasSizeLessThan(600);
    }
  }
}
