package io.stopline.evaluation.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AttackFiguresTest {

  @Test
  void aStageWhoseQueriesWereNotCountedDoesNotClaimToNeedNone() {
    AttackFigures stage = figures("apgd-ce", AttackFigures.NOT_COUNTED, List.of());
    AttackFigures whole = figures("autoattack", 6400, List.of(stage));
    ObjectNode json = whole.toJson();
    assertThat(json.at("/queries").asLong()).isEqualTo(6400);
    assertThat(json.at("/stages/0/name").asText()).isEqualTo("apgd-ce");
    assertThat(json.at("/stages/0").has("queries")).isFalse();
    assertThat(figures("skipped", 0, List.of()).toJson().get("queries").asLong()).isZero();
  }

  private static AttackFigures figures(String name, long queries, List<AttackFigures> stages) {
    return new AttackFigures(
        name,
        Access.GRADIENTS,
        "untargeted, white box",
        Map.of(),
        10,
        4,
        10,
        6,
        6,
        0,
        0,
        "",
        0.03,
        Map.of(),
        queries,
        1,
        stages);
  }
}
