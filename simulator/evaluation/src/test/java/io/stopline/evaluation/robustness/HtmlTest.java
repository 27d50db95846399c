package io.stopline.evaluation.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HtmlTest {

  @Test
  void textIsInertAndWhatIsInvisibleIsShown() {
    assertThat(Html.escape("<b a=\"1\"> & \u001b[2J\u202egnp\u200b"))
        .isEqualTo("&lt;b a=&quot;1&quot;&gt; &amp; \\u001B[2J\\u202Egnp\\u200B");
    assertThat(Html.escape("Überholverbot 停\n\t")).isEqualTo("Überholverbot 停\n\t");
  }
}
