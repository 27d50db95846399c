package io.stopline.evidence.result;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evaluation.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run has to give again: one digest of all its figures. When a run was made, on which
 * machine and how long it took is not in it, so whoever repeats the command gets the same digest,
 * or other figures.
 */
public final class FigureDigest {

  private FigureDigest() {}

  /**
   * SHA-256 over a line of each figure, in the report's order: its JSON pointer, a space, and the
   * figure as JSON without white space.
   *
   * @return lower-case hexadecimal; null where the report is of a kind that measures time, which no
   *     run gives again
   */
  public static @Nullable String of(ReportKind kind, JsonNode report) {
    if (kind.measuresTime()) {
      return null;
    }
    MessageDigest digest = Sha256.digest();
    FigureFinder.walk(
        kind,
        report,
        pointer -> false,
        (name, pointer, value) ->
            digest.update((pointer + " " + value + "\n").getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The same of a report of any kind; empty where it is none that a pack takes. */
  public static Optional<String> of(JsonNode report) {
    return ReportKind.of(report).map(kind -> of(kind, report));
  }
}
