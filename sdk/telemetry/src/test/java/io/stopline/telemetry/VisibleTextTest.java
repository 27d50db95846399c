package io.stopline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VisibleTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "car-17",
        "C:\\signs\\new",
        "Überführung Nr. 5, 停止, стоп, قف, עצור",
        "e\u0301 is a letter with an accent of its own",
        "\uD83D\uDED1 outside the basic plane"
      })
  void whatHasAShapeIsTheSameObject(String text) {
    assertThat(VisibleText.of(text)).isSameAs(text);
    assertThat(VisibleText.lines(text)).isSameAs(text);
  }

  @Test
  void whatATerminalObeysIsShown() {
    assertThat(VisibleText.of("a\u001b[2Jb\u0007\u0000\u007f\u009b31m"))
        .isEqualTo("a\\u001B[2Jb\\u0007\\u0000\\u007F\\u009B31m");
    assertThat(VisibleText.of("stop\rgo\n\tok\u0085\u2028\u2029"))
        .isEqualTo("stop\\rgo\\n\\tok\\u0085\\u2028\\u2029");
  }

  @Test
  void whatTurnsTheDirectionOrHidesIsShown() {
    for (char mark :
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200d\ufeff\u00ad"
            .toCharArray()) {
      assertThat(VisibleText.of("a" + mark + "gnp.exe"))
          .isEqualTo("a\\u%04Xgnp.exe".formatted((int) mark));
    }
    // A tag character, outside the basic plane: both of its halves.
    assertThat(VisibleText.of("car\uDB40\uDC41")).isEqualTo("car\\uDB40\\uDC41");
  }

  @Test
  void halvesOfPairsAreShown() {
    assertThat(VisibleText.of("\uD83D!")).isEqualTo("\\uD83D!");
    assertThat(VisibleText.of("!\uDED1")).isEqualTo("!\\uDED1");
  }

  @Test
  void linesStayLines() {
    String report = "first\n\tsecond\r\nthird\n";
    assertThat(VisibleText.lines(report)).isSameAs(report);
    assertThat(VisibleText.lines("error: x\rok\nname \u202Egnp\u001b[0m"))
        .isEqualTo("error: x\\rok\nname \\u202Egnp\\u001B[0m");
  }
}
