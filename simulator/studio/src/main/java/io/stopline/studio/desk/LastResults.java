package io.stopline.studio.desk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.files.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What came of each scenario when it was last driven here, kept in a file. Thread-safe. */
final class LastResults {

  private static final Logger log = LoggerFactory.getLogger(LastResults.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final ObjectNode results;

  LastResults(Path file) {
    this.file = file;
    this.results = read(file);
  }

  private static ObjectNode read(Path file) {
    try {
      if (Files.isRegularFile(file)
          && JSON.readTree(Files.readString(file)) instanceof ObjectNode there) {
        return there;
      }
    } catch (IOException e) {
      // Nothing hangs on it: the next drive writes it anew.
      log.warn("'{}' is damaged; results of earlier drives are not shown", file);
    }
    return JsonNodeFactory.instance.objectNode();
  }

  /** Keeps what came of a drive under each of its scenarios. */
  synchronized void keep(StudioDrive drive) {
    for (Variant variant : drive.spec().variants()) {
      ObjectNode result = drive.result(variant.kind());
      if (result != null) {
        ObjectNode kept = results.putObject(Workspace.shown(variant.file()));
        kept.put("guard", drive.spec().guards().get(0).name())
            .put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        kept.set("figures", result);
      }
    }
    try {
      WholeFile.write(file, results.toString());
    } catch (IOException e) {
      log.warn("'{}' cannot be written: {}", file, e.getMessage());
    }
  }

  /** Of a scenario by its name; a missing node if there is none. */
  synchronized JsonNode of(String scenario) {
    return results.path(scenario).deepCopy();
  }
}
