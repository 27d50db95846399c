package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong in a file is told with the line it stands on. */
final class LinePreciseErrorsTest {

  @TempDir Path temporary;

  private static final String POLICY = "policies/int8.yaml";

  /** The error of a bundle with one text of one file replaced. */
  private InvalidConfigException spoilt(String file, String from, String to) {
    Path bundle = Shipped.plain(temporary.resolve("bundle"));
    Shipped.edit(bundle, file, from, to);
    InvalidConfigException e =
        catchThrowableOfType(InvalidConfigException.class, () -> Bundle.load(bundle));
    assertThat(e).as("'" + to + "' must be refused").isNotNull();
    assertThat(e.file()).isEqualTo(file);
    return e;
  }

  private int line(String file, String text) {
    Path whole = temporary.resolve("whole");
    return Shipped.lineOf(Files.exists(whole) ? whole : Shipped.plain(whole), file, text);
  }

  @Test
  void anUnknownKeyWithTheOneThatWasMeant() {
    InvalidConfigException e = spoilt(POLICY, "draws: 4", "draw: 4");
    int line = line(POLICY, "draws: 4");
    assertThat(e)
        .hasMessageContaining(
            POLICY + ":" + line + ": key 'draw' is unknown; did you mean 'draws'?");
    assertThat(e)
        .hasMessageContaining(
            POLICY + ":" + line + ": key 'draws' is missing in 'transform-consistency'");
    assertThat(e.line()).isEqualTo(line);
  }

  @Test
  void anUnknownKeyAtTheTop() {
    InvalidConfigException e = spoilt(POLICY, "minimumSide: 16", "minimumSide: 16\nsecret: true");
    assertThat(e.line()).isEqualTo(line(POLICY, "minimumSide") + 1);
    assertThat(e).hasMessageContaining("key 'secret' is unknown; known are schema, members");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "falseAlarmRate: 0.05 | falseAlarmRate: 1.5 | 'falseAlarmRate' is 1.5, but must be below 1",
        "falseAlarmRate: 0.05 | falseAlarmRate: 0 | 'falseAlarmRate' is 0, but must be above 0",
        "falseAlarmRate: 0.05 | falseAlarmRate: often | 'falseAlarmRate' is 'often', but must be a number",
        "falseAlarmRate: 0.05 | falseAlarmRate: .nan | 'falseAlarmRate' is '.nan', but must be a number",
        "minimumSide: 16 | minimumSide: -3 | 'minimumSide' is -3, but must be at least 1",
        "minimumSide: 16 | minimumSide: 1.5 | 'minimumSide' is 1.5, but must be a whole number",
        "deadlineMillis: 100 | deadlineMillis: 99999999999 | 'deadlineMillis' is 99999999999, but must be at most 60000",
        "draws: 4 | draws: 4000 | 'draws' is 4000, but must be at most 64",
        "maximumDegrees: 4 | maximumDegrees: 400 | 'maximumDegrees' is 400, but must be at most 180",
        "minimumWindow: 2, maximumWindow: 2 | minimumWindow: 3, maximumWindow: 2 | median-smoothing",
        "fill: grey | fill: gray | 'fill' is 'gray', but must be one of black, grey, random; did you mean 'grey'?",
        "view: jitter | view: jiter | view 'jiter' is unknown; did you mean 'jitter'?",
        "members: [mobile-int8, res-int8, local-int8, robust-int8] | members: [mobile-int8, res-int8, lokal-int8] | model 'lokal-int8' is unknown; did you mean 'local-int8'?",
        "members: [res-int8], weight | members: [res-int], weight | member 'res-int' is unknown; did you mean 'res-int8'?",
        "calibration: calibrations/int8.yaml | calibration: ../../etc/passwd | 'calibration' is '../../etc/passwd', but must be a path such as calibrations/NAME.yaml",
        "- gamma: | - gama: | key 'gama' is unknown; did you mean 'gamma'?",
        "{table: traffic-signs, weight | {table: trafic-signs, weight | appearance table 'trafic-signs' is unknown; did you mean 'traffic-signs'?",
        "{table: traffic-signs, weight | {tabel: traffic-signs, weight | key 'tabel' is unknown; did you mean 'table'?",
        "schema: 1 | schema: 2 | 'schema' is 2, but must be 1",
      })
  void aValueThatCannotBe(String from, String to, String message) {
    InvalidConfigException e = spoilt(POLICY, from, to);
    assertThat(e).hasMessageContaining(message);
    assertThat(e.findings()).extracting(f -> f.line()).contains(line(POLICY, from));
    assertThat(e.findings())
        .filteredOn(f -> f.message().contains(message))
        .extracting(f -> f.line())
        .containsExactly(line(POLICY, from));
  }

  @Test
  void aKeyGivenTwice() {
    InvalidConfigException e =
        spoilt(POLICY, "minimumSide: 16", "minimumSide: 16\nminimumSide: 13");
    int first = line(POLICY, "minimumSide");
    assertThat(e)
        .hasMessageContaining(
            "%s:%d: key 'minimumSide' was given before, on line %d; remove one"
                .formatted(POLICY, first + 1, first));
  }

  @Test
  void severalMistakesAreToldAtOnceInOrder() {
    Path bundle = Shipped.plain(temporary.resolve("bundle"));
    Shipped.edit(bundle, POLICY, "minimumSide: 16", "minimumSide: 0");
    Shipped.edit(bundle, POLICY, "maximumDegrees: 4", "maximumDegrees: -4");
    InvalidConfigException e =
        catchThrowableOfType(InvalidConfigException.class, () -> Bundle.load(bundle));
    assertThat(e.findings())
        .extracting(f -> f.line())
        .containsExactly(line(POLICY, "maximumDegrees: 4"), line(POLICY, "minimumSide"));
  }

  @Test
  void anAliasIsRefusedSoThatNothingCanGrow() {
    InvalidConfigException e =
        spoilt(POLICY, "schema: 1", "a: &a [x, x]\nb: &b [*a, *a]\nschema: 1");
    assertThat(e).hasMessageContaining("anchor '&a' is not accepted");
    assertThat(e.line()).isEqualTo(line(POLICY, "schema: 1"));
  }

  @Test
  void aTagIsRefused() {
    InvalidConfigException e =
        spoilt(POLICY, "minimumSide: 16", "minimumSide: !!javax.script.ScriptEngineManager []");
    assertThat(e).hasMessageContaining("tag 'tag:yaml.org,2002:javax.script");
    assertThat(e.line()).isEqualTo(line(POLICY, "minimumSide"));
  }

  @Test
  void brokenYamlIsNamedByItsLine() {
    InvalidConfigException e = spoilt(POLICY, "minimumSide: 16", "minimumSide: [12");
    assertThat(e).hasMessageContaining("is not readable YAML");
    assertThat(e.line()).isGreaterThanOrEqualTo(line(POLICY, "minimumSide"));
  }

  @Test
  void deepNestingIsRefused() {
    InvalidConfigException e =
        spoilt(POLICY, "minimumSide: 16", "minimumSide: " + "[".repeat(5000) + "]".repeat(5000));
    assertThat(e.line()).isEqualTo(line(POLICY, "minimumSide"));
  }

  @Test
  void anEmptyFile() {
    Path bundle = Shipped.plain(temporary.resolve("bundle"));
    String whole = read(bundle.resolve(POLICY));
    Shipped.edit(bundle, POLICY, whole, "# nothing\n");
    InvalidConfigException e =
        catchThrowableOfType(InvalidConfigException.class, () -> Bundle.load(bundle));
    assertThat(e).hasMessageContaining("the file is empty");
  }

  @Test
  void anEnsembleOfOneCannotAgree() {
    Path bundle = Shipped.plain(temporary.resolve("bundle"));
    Shipped.edit(
        bundle,
        POLICY,
        "members: [mobile-int8, res-int8, local-int8, robust-int8]",
        "members: [res-int8]");
    InvalidConfigException e =
        catchThrowableOfType(InvalidConfigException.class, () -> Bundle.load(bundle));
    assertThat(e)
        .hasMessageContaining(
            "%s:%d: check 'ensemble-agreement' compares members, but the policy has one"
                .formatted(POLICY, line(POLICY, "ensemble-agreement")));
  }

  @Test
  void aProfileWithAnImpossiblePin() {
    String file = "profiles/raspberry-pi-5.yaml";
    InvalidConfigException e = spoilt(file, "alarm: 27", "alarm: 99");
    assertThat(e)
        .hasMessage("%s:%d: 'alarm' is 99, but must be at most 63", file, line(file, "alarm: 27"));
  }

  @Test
  void aModelWithAnEmptyInputRange() {
    String file = "models/res-int8.yaml";
    InvalidConfigException e = spoilt(file, "high: 1", "high: 0");
    assertThat(e)
        .hasMessageContaining("%s:%d: 'input': input range".formatted(file, line(file, "input:")));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
