package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.testing.FaultTable;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs last, when the tests of all modules have added their cases. */
@Tag("faults")
final class FaultTableTest {

  @Test
  void theTableOfAllModules() throws IOException {
    List<String> lines = FaultTable.lines();
    System.out.printf(
        "%n%-10s | %-52s | %-52s | %s%n", "part", "fault", "version 1.2.0", "this build");
    lines.forEach(System.out::println);
    if (!FaultTable.inFull()) {
      System.out.println("the same in full, with thousands of damages: mvn -B -Pfaults verify");
    }
    FaultTable.clear();
    assertThat(lines).allMatch(line -> line.split(" \\| ", -1).length == 4);
  }
}
