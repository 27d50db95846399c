package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** {@code guard probe} on real photographs; rendered drives have tests of their own. */
final class GuardProbeCommandTest {

  @Test
  void looksAtTracksOfPhotographsWithAndWithoutStickers() throws IOException {
    String data = SharedFiles.path("data/gtsrb").toString();
    String[] shown = {"guard", "probe", "--data", data, "--tracks", "2", "--json", "-"};

    JsonNode clean = json(CommandLineRun.of(with(shown, "--against", "none")));
    assertThat(clean.get("tracks").asInt()).isEqualTo(2);
    assertThat(clean.has("ensembleWrongTracks")).isFalse();
    assertThat(clean.at("/wrongAccepted/count").asInt()).isZero();
    assertThat(clean.at("/eachTrack/0/frames").asInt()).isEqualTo(30);
    assertThat(clean.at("/eachTrack/0/ensembleWrong").asInt()).isZero();

    String[] one = with(shown, "--queries", "300", "--stickers", "1", "--seed", "3");
    JsonNode altered = json(CommandLineRun.of(one));
    assertThat(altered.at("/ensembleWrongTracks/of").asInt()).isEqualTo(2);
    assertThat(altered.at("/eachTrack/0/coveredShare").asDouble()).isBetween(0.0, 0.1505);
    assertThat(altered.at("/eachTrack/0/queries").asInt()).isLessThanOrEqualTo(300);
    JsonNode again = json(CommandLineRun.of(one));
    assertThat(again.get("eachTrack")).isEqualTo(altered.get("eachTrack"));
  }

  @Test
  void refusesWhatCannotBeMeant() {
    CommandLineRun tracks = CommandLineRun.of("guard", "probe", "--tracks", "2");
    assertThat(tracks.exitCode()).isEqualTo(2);
    assertThat(tracks.err()).contains("--tracks is about photographs; give --data DIR with it");
    CommandLineRun queries = CommandLineRun.of("guard", "probe", "--queries", "5");
    assertThat(queries.exitCode()).isEqualTo(2);
    assertThat(queries.err()).contains("--queries is 5; give at least 100");
    String data = SharedFiles.path("data/gtsrb").toString();
    CommandLineRun both = CommandLineRun.of("guard", "probe", "--data", data, "--class", "3");
    assertThat(both.exitCode()).isEqualTo(2);
    assertThat(both.err()).contains("--class is about rendered drives; leave it out with --data");
    CommandLineRun test = CommandLineRun.of("guard", "probe", "--data", data, "--split", "test");
    assertThat(test.exitCode()).isEqualTo(2);
    assertThat(test.err()).contains("split 'test' does not say which images show the same sign");
  }

  private static String[] with(String[] first, String... more) {
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  private static JsonNode json(CommandLineRun run) throws IOException {
    assertThat(run.exitCode()).as(run.err()).isZero();
    return new ObjectMapper().readTree(run.out());
  }
}
