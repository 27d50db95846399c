package io.stopline.evaluation.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class AttackFiguresTest {

  @Test
  void saysWhichInputsFellAndWhatEachStageAsked() {
    AttackFigures stage = figures("apgd-ce", 2400, List.of(3L, 8L), List.of());
    AttackFigures whole = figures("autoattack", 6400, List.of(3L, 8L, 9L), List.of(stage));
    ObjectNode json = whole.toJson();
    assertThat(json.at("/queries").asLong()).isEqualTo(6400);
    assertThat(json.at("/broken").asLong()).isEqualTo(3);
    assertThat(json.at("/brokenInputs")).map(JsonNode::asInt).containsExactly(3, 8, 9);
    assertThat(json.at("/stages/0/name").asText()).isEqualTo("apgd-ce");
    assertThat(json.at("/stages/0/queries").asLong()).isEqualTo(2400);
    assertThat(json.at("/stages/0/brokenInputs")).map(JsonNode::asInt).containsExactly(3, 8);
  }

  @Test
  void refusesMoreBrokenInputsThanWereAttacked() {
    List<Long> eleven = LongStream.range(0, 11).boxed().toList();
    assertThatThrownBy(() -> figures("impossible", 1, eleven, List.of()))
        .hasMessageContaining("11 of 10 broken");
  }

  private static AttackFigures figures(
      String name, long queries, List<Long> broken, List<AttackFigures> stages) {
    return new AttackFigures(
        name,
        Access.GRADIENTS,
        FallacyGuardTest.threat("untargeted, white box", 102),
        Map.of(),
        10,
        4,
        10,
        broken,
        broken.size(),
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
